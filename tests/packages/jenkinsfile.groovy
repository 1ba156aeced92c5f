// jenkinsfile.groovy FILE - a Jenkinsfile as Groovy's own parser reads it: a line for each call and assignment, after the
// blocks around it: "pipeline/stages/stage(Performance)/when/changeRequest()". An error of syntax is exit status 1.
import org.codehaus.groovy.ast.builder.AstBuilder
import org.codehaus.groovy.ast.expr.*
import org.codehaus.groovy.ast.stmt.*
import org.codehaus.groovy.control.CompilePhase

void walk(node, String path) {
    if (node instanceof BlockStatement) {
        node.statements.each { walk(it, path) }
    } else if (node instanceof ReturnStatement || node instanceof ExpressionStatement) {
        walk(node.expression, path)
    } else if (node instanceof IfStatement) {
        println "${path}if ${node.booleanExpression.text}"
        walk(node.ifBlock, path)
        walk(node.elseBlock, path)
    } else if (node instanceof MethodCallExpression) {
        def given = node.arguments instanceof TupleExpression ? node.arguments.expressions : [node.arguments]
        def words = given.findAll { !(it instanceof ClosureExpression) }.collect { it.text }.join(', ')
        def blocks = given.findAll { it instanceof ClosureExpression }
        def call = blocks && !words ? node.methodAsString : "${node.methodAsString}($words)"
        if (!blocks) println "$path$call"
        blocks.each { walk(it.code, "$path$call/") }
    } else if (node instanceof BinaryExpression) {
        println "$path${node.leftExpression.text} = ${node.rightExpression.text}"
    }
}

walk(new AstBuilder().buildFromString(CompilePhase.CONVERSION, false, new File(args[0]).text)[0], '')

reset
set terminal dumb nofeed noenhanced size 80,14
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
$d0 << E
0 50.1027106 Z000
E
$d1 << E
E
$d2 << E
E
set yrange [0.6:-0.6]
set xrange [0:60.1232527]
set ytics ("Z001zzzzz" 0) textcolor rgb "#0a0000"
set xlabel "TFLOP/s, counting 2N³ for each"
set grid noytics
set key below vertical maxrows 4 left
plot $d0 using (0):1:(0):2:($1+-0.34):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0003" title "gpubench, f32", $d0 using 2:($1+0):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
reset
set terminal dumb nofeed noenhanced size 80,22
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
$s << E
1 39.9334245
2 39.9179489
3 39.926
E
$t << E
E
$c << E
1 1980
E
set xrange [0.5:3.5]
set border 3
set xlabel "sample"
set yrange [39.6861326:40.1652408]
set ytics 0.1 textcolor rgb "#0a0000"
set ylabel "Z000"
set key above horizontal left
plot 39.926 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "median", $s using 1:2 with linespoints lw 1.2 pt 7 ps 0.5 lc rgb "#0a0003" title "time"
reset
set terminal dumb nofeed noenhanced size 80,14
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
$d0 << E
0 99.9300792 Z000
E
$d1 << E
E
$d2 << E
E
set yrange [0.6:-0.6]
set xrange [0:119.916095]
set ytics ("Z001zzzzz" 0) textcolor rgb "#0a0000"
set xlabel "TFLOP/s, counting 2N³ for each"
set grid noytics
set key below vertical maxrows 4 left
plot $d0 using (0):1:(0):2:($1+-0.34):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0003" title "gpubench, f32", $d0 using 2:($1+0):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
reset
set terminal dumb nofeed noenhanced size 80,22
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
$s << E
1 20.0067197
2 19.9989664
3 20.003
E
$t << E
E
$c << E
1 1980
E
set xrange [0.5:3.5]
set border 3
set xlabel "sample"
set yrange [19.882826:20.1228601]
set ytics 0.1 textcolor rgb "#0a0000"
set ylabel "Z000"
set key above horizontal left
plot 20.003 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "median", $s using 1:2 with linespoints lw 1.2 pt 7 ps 0.5 lc rgb "#0a0003" title "time"
reset
set terminal dumb nofeed noenhanced size 80,17
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
$h0 << E
1 0.997002847 Z000zz
2 0.999750237 Z001zz
3 1 Z002zz
4 1.00049953 Z003zz
5 1.00099905 Z004zz
E
$h1 << E
0 0.801198861 Z005zzzzzzzzzzzz
6 1.29935062 Z006zzzzzzzzzzzz
E
set yrange [6.6:-0.6]
set xrange [0:1.94902593]
set ytics ("Z007z" 0, "Z008zz" 1, "Z009z" 2, "Z010z" 3, "Z011zz" 4, "Z012z" 5, "Z013z" 6) textcolor rgb "#0a0000"
set xlabel "time, as a multiple of the median"
set grid noytics
unset key
unset xtics
plot $h0 using (0):1:(0):2:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb "#0a0003" notitle, $h0 using 2:1:3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle, $h1 using (0):1:(0):2:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb "#0a0006" notitle, $h1 using 2:1:3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
reset
set terminal dumb nofeed noenhanced size 80,13
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
$h0 << E
0 0.999249024 Z000zz
1 0.999749675 Z001zz
2 1.00025033 Z002zz
3 3.25326675 Z003zzzz
E
$h1 << E
E
set yrange [3.6:-0.6]
set xrange [0:4.87990012]
set ytics ("Z004z" 0, "Z005z" 1, "Z006z" 2, "Z007z" 3) textcolor rgb "#0a0000"
set xlabel "time, as a multiple of the median"
set grid noytics
unset key
unset xtics
plot $h0 using (0):1:(0):2:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb "#0a0003" notitle, $h0 using 2:1:3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle, $h1 using (0):1:(0):2:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb "#0a0006" notitle, $h1 using 2:1:3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
reset
set terminal svg size 760,178 dynamic noenhanced font "sans-serif,13" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$d0 << E
0 50.1027106 Z000zzzzzzzzzzz
E
$d1 << E
E
$d2 << E
E
set yrange [0.6:-0.6]
set xrange [0:62.6283882]
set ytics ("Z001zzzzz" 0) textcolor rgb "#0a0000"
set xlabel "TFLOP/s, counting 2N³ for each"
set grid noytics
set key above vertical maxrows 3 left
plot $d0 using (0):1:(0):2:($1+-0.34):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0003" title "gpubench, f32", $d0 using 2:($1+0):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
reset
set terminal svg size 380,230 dynamic noenhanced font "sans-serif,12" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$d0 << E
0 50.1027106 Z002
E
$d1 << E
E
$d2 << E
E
set yrange [0.6:-0.6]
set xrange [0:60.1232527]
unset ytics
unset xtics
set lmargin 2
set label "Z003zzzzz" at 0,-0.28 left tc rgb "#0a0000"
set xlabel "TFLOP/s, counting 2N³ for each"
set grid noytics
set key below vertical maxrows 4 left
plot $d0 using (0):1:(0):2:($1+0.05):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0003" title "gpubench, f32", $d0 using 2:($1+0.21):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
reset
set terminal svg size 760,360 dynamic noenhanced font "sans-serif,13" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$s << E
1 39.9334245
2 39.9179489
3 39.926
E
$t << E
E
$c << E
1 1980
E
set xrange [0.5:3.5]
set border 3
set xlabel "sample"
set yrange [39.6861326:40.1652408]
set ytics 0.1 textcolor rgb "#0a0000"
set ylabel "Z004"
set key above horizontal left
plot 39.926 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "median", $s using 1:2 with linespoints lw 1.2 pt 7 ps 0.5 lc rgb "#0a0003" title "time"
reset
set terminal svg size 380,360 dynamic noenhanced font "sans-serif,12" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$s << E
1 39.9334245
2 39.9179489
3 39.926
E
$t << E
E
$c << E
1 1980
E
set xrange [0.5:3.5]
set border 3
set xlabel "sample"
set yrange [39.6861326:40.1652408]
set ytics 0.1 textcolor rgb "#0a0000"
set ylabel "Z005"
set key above horizontal left
plot 39.926 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "median", $s using 1:2 with linespoints lw 1.2 pt 7 ps 0.5 lc rgb "#0a0003" title "time"
reset
set terminal svg size 760,178 dynamic noenhanced font "sans-serif,13" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$d0 << E
0 99.9300792 Z006zzzzzzzzzzz
E
$d1 << E
E
$d2 << E
E
set yrange [0.6:-0.6]
set xrange [0:124.912599]
set ytics ("Z007zzzzz" 0) textcolor rgb "#0a0000"
set xlabel "TFLOP/s, counting 2N³ for each"
set grid noytics
set key above vertical maxrows 3 left
plot $d0 using (0):1:(0):2:($1+-0.34):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0003" title "gpubench, f32", $d0 using 2:($1+0):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
reset
set terminal svg size 380,230 dynamic noenhanced font "sans-serif,12" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$d0 << E
0 99.9300792 Z008
E
$d1 << E
E
$d2 << E
E
set yrange [0.6:-0.6]
set xrange [0:119.916095]
unset ytics
unset xtics
set lmargin 2
set label "Z009zzzzz" at 0,-0.28 left tc rgb "#0a0000"
set xlabel "TFLOP/s, counting 2N³ for each"
set grid noytics
set key below vertical maxrows 4 left
plot $d0 using (0):1:(0):2:($1+0.05):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0003" title "gpubench, f32", $d0 using 2:($1+0.21):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
reset
set terminal svg size 760,360 dynamic noenhanced font "sans-serif,13" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$s << E
1 20.0067197
2 19.9989664
3 20.003
E
$t << E
E
$c << E
1 1980
E
set xrange [0.5:3.5]
set border 3
set xlabel "sample"
set yrange [19.882826:20.1228601]
set ytics 0.1 textcolor rgb "#0a0000"
set ylabel "Z010"
set key above horizontal left
plot 20.003 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "median", $s using 1:2 with linespoints lw 1.2 pt 7 ps 0.5 lc rgb "#0a0003" title "time"
reset
set terminal svg size 380,360 dynamic noenhanced font "sans-serif,12" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$s << E
1 20.0067197
2 19.9989664
3 20.003
E
$t << E
E
$c << E
1 1980
E
set xrange [0.5:3.5]
set border 3
set xlabel "sample"
set yrange [19.882826:20.1228601]
set ytics 0.1 textcolor rgb "#0a0000"
set ylabel "Z011"
set key above horizontal left
plot 20.003 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "median", $s using 1:2 with linespoints lw 1.2 pt 7 ps 0.5 lc rgb "#0a0003" title "time"
reset
set terminal svg size 760,286 dynamic noenhanced font "sans-serif,13" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$h0 << E
1 0.997002847 Z012zz
2 0.999750237 Z013zz
3 1 Z014zz
4 1.00049953 Z015zz
5 1.00099905 Z016zz
E
$h1 << E
0 0.801198861 Z017zzzzzzzzzzzz
6 1.29935062 Z018zzzzzzzzzzzz
E
set yrange [6.6:-0.6]
set xrange [0:1.6891558]
set ytics ("Z019z" 0, "Z020zz" 1, "Z021z" 2, "Z022z" 3, "Z023zz" 4, "Z024z" 5, "Z025z" 6) textcolor rgb "#0a0000"
set xlabel "time, as a multiple of the median"
set grid noytics
unset key
plot $h0 using (0):1:(0):2:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb "#0a0003" notitle, $h0 using 2:1:3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle, $h1 using (0):1:(0):2:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb "#0a0006" notitle, $h1 using 2:1:3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
reset
set terminal svg size 380,286 dynamic noenhanced font "sans-serif,12" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$h0 << E
1 0.997002847 Z026zz
2 0.999750237 Z027zz
3 1 Z028zz
4 1.00049953 Z029zz
5 1.00099905 Z030zz
E
$h1 << E
0 0.801198861 Z031zzzzzzzzzzzz
6 1.29935062 Z032zzzzzzzzzzzz
E
set yrange [6.6:-0.6]
set xrange [0:1.94902593]
set ytics ("Z033z" 0, "Z034zz" 1, "Z035z" 2, "Z036z" 3, "Z037zz" 4, "Z038z" 5, "Z039z" 6) textcolor rgb "#0a0000"
set xlabel "time, as a multiple of the median"
set grid noytics
unset key
unset xtics
plot $h0 using (0):1:(0):2:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb "#0a0003" notitle, $h0 using 2:1:3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle, $h1 using (0):1:(0):2:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb "#0a0006" notitle, $h1 using 2:1:3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
reset
set terminal svg size 760,202 dynamic noenhanced font "sans-serif,13" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$h0 << E
0 0.999249024 Z040zz
1 0.999749675 Z041zz
2 1.00025033 Z042zz
3 3.25326675 Z043zzzz
E
$h1 << E
E
set yrange [3.6:-0.6]
set xrange [0:4.22924677]
set ytics ("Z044z" 0, "Z045z" 1, "Z046z" 2, "Z047z" 3) textcolor rgb "#0a0000"
set xlabel "time, as a multiple of the median"
set grid noytics
unset key
plot $h0 using (0):1:(0):2:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb "#0a0003" notitle, $h0 using 2:1:3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle, $h1 using (0):1:(0):2:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb "#0a0006" notitle, $h1 using 2:1:3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
reset
set terminal svg size 380,202 dynamic noenhanced font "sans-serif,12" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$h0 << E
0 0.999249024 Z048zz
1 0.999749675 Z049zz
2 1.00025033 Z050zz
3 3.25326675 Z051zzzz
E
$h1 << E
E
set yrange [3.6:-0.6]
set xrange [0:4.87990012]
set ytics ("Z052z" 0, "Z053z" 1, "Z054z" 2, "Z055z" 3) textcolor rgb "#0a0000"
set xlabel "time, as a multiple of the median"
set grid noytics
unset key
unset xtics
plot $h0 using (0):1:(0):2:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb "#0a0003" notitle, $h0 using 2:1:3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle, $h1 using (0):1:(0):2:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb "#0a0006" notitle, $h1 using 2:1:3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle

reset
set terminal dumb nofeed noenhanced size 80,31
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
$i << E
1 417.069685
2 834.139371

1 417.069685
2 834.139371

E
$l0 << E
1 417.069685 100
2 833.251591 99.8935694
E
$l1 << E
1 417.069685 100
2 833.261053 99.8947038
E
set border 3
set logscale x
set logscale y 2
set xlabel "ranks"
set xtics ("1" 1, "2" 2) textcolor rgb "#0a0000"
set xrange [0.892857143:2.24]
set key above horizontal left
set ylabel "TFLOP/s"
set yrange [320.822835:1084.38118]
plot $i using 1:2 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "ideal", $l0 using 1:2 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0003" title "Z000zzzzzzzzzzzzz", $l1 using 1:2 with linespoints lw 2 pt 7 ps 0.7 lc rgb "#0a0005" title "Z001zzzzzzzzzzzzzzzz"
reset
set terminal dumb nofeed noenhanced size 80,31
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
$i << E
1 419.045142
2 838.090283

1 419.045142
2 838.090283

E
$l0 << E
1 419.045142 100
2 804.747156 96.0215351
E
$l1 << E
1 419.045142 100
2 805.7109 96.136528
E
set border 3
set logscale x
set logscale y 2
set xlabel "ranks"
set xtics ("1" 1, "2" 2) textcolor rgb "#0a0000"
set xrange [0.892857143:2.24]
set key above horizontal left
set ylabel "TFLOP/s"
set yrange [322.342417:1089.51737]
plot $i using 1:2 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "ideal", $l0 using 1:2 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0003" title "Z000zzzzzzzzzzzzz", $l1 using 1:2 with linespoints lw 2 pt 7 ps 0.7 lc rgb "#0a0005" title "Z001zzzzzzzzzzzzzzzz"
reset
set terminal dumb nofeed noenhanced size 80,31
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
$i << E
1 211.220143
2 422.440286

1 211.220143
2 422.440286

E
$l0 << E
1 211.220143 100
2 411.823933 97.4868986
E
$l1 << E
1 211.220143 100
2 424.494396 100.486248
E
set border 3
set logscale x
set logscale y 2
set xlabel "ranks"
set xtics ("1" 1, "2" 2) textcolor rgb "#0a0000"
set xrange [0.892857143:2.24]
set key above horizontal left
set ylabel "TFLOP/s"
set yrange [162.477033:551.842714]
plot $i using 1:2 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "ideal", $l0 using 1:2 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0003" title "Z000zzzzzzzzzzzzz", $l1 using 1:2 with linespoints lw 2 pt 7 ps 0.7 lc rgb "#0a0005" title "Z001zzzzzzzzzzzzzzzz"
reset
set terminal svg size 760,526 dynamic noenhanced font "sans-serif,13" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$i << E
1 417.069685
2 834.139371

1 417.069685
2 834.139371

E
$l0 << E
1 417.069685 100
2 833.251591 99.8935694
E
$l1 << E
1 417.069685 100
2 833.261053 99.8947038
E
set border 3
set logscale x
set logscale y 2
set xlabel "ranks"
set xtics ("1" 1, "2" 2) textcolor rgb "#0a0000"
set xrange [0.892857143:2.24]
set multiplot
set lmargin 11
set rmargin 2
set tmargin at screen 0.9825
set bmargin at screen 0.6065
set xlabel " "
unset key
set ylabel "TFLOP/s"
set yrange [320.822835:1084.38118]
plot $i using 1:2 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "ideal", $l0 using 1:2 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0003" title "Z000zzzzzzzzzzzzz", $l1 using 1:2 with linespoints lw 2 pt 7 ps 0.7 lc rgb "#0a0005" title "Z001zzzzzzzzzzzzzzzz"
set tmargin at screen 0.519
set bmargin at screen 0.2304
set xlabel "ranks"
set ylabel "efficiency"
unset logscale y
set format y "%g %%"
set yrange [90:105]
set key at screen 0.03,0.1342 left top vertical maxrows 3
plot 100 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "ideal", $l0 using 1:3 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0003" title "Z002zzzzzzzzzzzzz", $l1 using 1:3 with linespoints lw 2 pt 7 ps 0.7 lc rgb "#0a0005" title "Z003zzzzzzzzzzzzzzzz"
unset multiplot
reset
set terminal svg size 380,526 dynamic noenhanced font "sans-serif,12" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$i << E
1 417.069685
2 834.139371

1 417.069685
2 834.139371

E
$l0 << E
1 417.069685 100
2 833.251591 99.8935694
E
$l1 << E
1 417.069685 100
2 833.261053 99.8947038
E
set border 3
set logscale x
set logscale y 2
set xlabel "ranks"
set xtics ("1" 1, "2" 2) textcolor rgb "#0a0000"
set xrange [0.892857143:2.24]
set multiplot
set lmargin 10
set rmargin 2
set tmargin at screen 0.9825
set bmargin at screen 0.6065
set xlabel " "
unset key
set ylabel "TFLOP/s"
set yrange [320.822835:1084.38118]
plot $i using 1:2 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "ideal", $l0 using 1:2 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0003" title "Z004zzzzzzzzzzzzz", $l1 using 1:2 with linespoints lw 2 pt 7 ps 0.7 lc rgb "#0a0005" title "Z005zzzzzzzzzzzzzzzz"
set tmargin at screen 0.519
set bmargin at screen 0.2304
set xlabel "ranks"
set ylabel "efficiency"
unset logscale y
set format y "%g %%"
set yrange [90:105]
set key at screen 0.03,0.1342 left top vertical maxrows 3
plot 100 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "ideal", $l0 using 1:3 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0003" title "Z006zzzzzzzzzzzzz", $l1 using 1:3 with linespoints lw 2 pt 7 ps 0.7 lc rgb "#0a0005" title "Z007zzzzzzzzzzzzzzzz"
unset multiplot
reset
set terminal svg size 760,526 dynamic noenhanced font "sans-serif,13" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$i << E
1 419.045142
2 838.090283

1 419.045142
2 838.090283

E
$l0 << E
1 419.045142 100
2 804.747156 96.0215351
E
$l1 << E
1 419.045142 100
2 805.7109 96.136528
E
set border 3
set logscale x
set logscale y 2
set xlabel "ranks"
set xtics ("1" 1, "2" 2) textcolor rgb "#0a0000"
set xrange [0.892857143:2.24]
set multiplot
set lmargin 11
set rmargin 2
set tmargin at screen 0.9825
set bmargin at screen 0.6065
set xlabel " "
unset key
set ylabel "TFLOP/s"
set yrange [322.342417:1089.51737]
plot $i using 1:2 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "ideal", $l0 using 1:2 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0003" title "Z008zzzzzzzzzzzzz", $l1 using 1:2 with linespoints lw 2 pt 7 ps 0.7 lc rgb "#0a0005" title "Z009zzzzzzzzzzzzzzzz"
set tmargin at screen 0.519
set bmargin at screen 0.2304
set xlabel "ranks"
set ylabel "efficiency"
unset logscale y
set format y "%g %%"
set yrange [90:105]
set key at screen 0.03,0.1342 left top vertical maxrows 3
plot 100 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "ideal", $l0 using 1:3 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0003" title "Z010zzzzzzzzzzzzz", $l1 using 1:3 with linespoints lw 2 pt 7 ps 0.7 lc rgb "#0a0005" title "Z011zzzzzzzzzzzzzzzz"
unset multiplot
reset
set terminal svg size 380,526 dynamic noenhanced font "sans-serif,12" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$i << E
1 419.045142
2 838.090283

1 419.045142
2 838.090283

E
$l0 << E
1 419.045142 100
2 804.747156 96.0215351
E
$l1 << E
1 419.045142 100
2 805.7109 96.136528
E
set border 3
set logscale x
set logscale y 2
set xlabel "ranks"
set xtics ("1" 1, "2" 2) textcolor rgb "#0a0000"
set xrange [0.892857143:2.24]
set multiplot
set lmargin 10
set rmargin 2
set tmargin at screen 0.9825
set bmargin at screen 0.6065
set xlabel " "
unset key
set ylabel "TFLOP/s"
set yrange [322.342417:1089.51737]
plot $i using 1:2 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "ideal", $l0 using 1:2 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0003" title "Z012zzzzzzzzzzzzz", $l1 using 1:2 with linespoints lw 2 pt 7 ps 0.7 lc rgb "#0a0005" title "Z013zzzzzzzzzzzzzzzz"
set tmargin at screen 0.519
set bmargin at screen 0.2304
set xlabel "ranks"
set ylabel "efficiency"
unset logscale y
set format y "%g %%"
set yrange [90:105]
set key at screen 0.03,0.1342 left top vertical maxrows 3
plot 100 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "ideal", $l0 using 1:3 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0003" title "Z014zzzzzzzzzzzzz", $l1 using 1:3 with linespoints lw 2 pt 7 ps 0.7 lc rgb "#0a0005" title "Z015zzzzzzzzzzzzzzzz"
unset multiplot
reset
set terminal svg size 760,526 dynamic noenhanced font "sans-serif,13" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$i << E
1 211.220143
2 422.440286

1 211.220143
2 422.440286

E
$l0 << E
1 211.220143 100
2 411.823933 97.4868986
E
$l1 << E
1 211.220143 100
2 424.494396 100.486248
E
set border 3
set logscale x
set logscale y 2
set xlabel "ranks"
set xtics ("1" 1, "2" 2) textcolor rgb "#0a0000"
set xrange [0.892857143:2.24]
set multiplot
set lmargin 11
set rmargin 2
set tmargin at screen 0.9825
set bmargin at screen 0.6065
set xlabel " "
unset key
set ylabel "TFLOP/s"
set yrange [162.477033:551.842714]
plot $i using 1:2 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "ideal", $l0 using 1:2 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0003" title "Z016zzzzzzzzzzzzz", $l1 using 1:2 with linespoints lw 2 pt 7 ps 0.7 lc rgb "#0a0005" title "Z017zzzzzzzzzzzzzzzz"
set tmargin at screen 0.519
set bmargin at screen 0.2304
set xlabel "ranks"
set ylabel "efficiency"
unset logscale y
set format y "%g %%"
set yrange [90:105.486248]
set key at screen 0.03,0.1342 left top vertical maxrows 3
plot 100 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "ideal", $l0 using 1:3 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0003" title "Z018zzzzzzzzzzzzz", $l1 using 1:3 with linespoints lw 2 pt 7 ps 0.7 lc rgb "#0a0005" title "Z019zzzzzzzzzzzzzzzz"
unset multiplot
reset
set terminal svg size 380,526 dynamic noenhanced font "sans-serif,12" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$i << E
1 211.220143
2 422.440286

1 211.220143
2 422.440286

E
$l0 << E
1 211.220143 100
2 411.823933 97.4868986
E
$l1 << E
1 211.220143 100
2 424.494396 100.486248
E
set border 3
set logscale x
set logscale y 2
set xlabel "ranks"
set xtics ("1" 1, "2" 2) textcolor rgb "#0a0000"
set xrange [0.892857143:2.24]
set multiplot
set lmargin 10
set rmargin 2
set tmargin at screen 0.9825
set bmargin at screen 0.6065
set xlabel " "
unset key
set ylabel "TFLOP/s"
set yrange [162.477033:551.842714]
plot $i using 1:2 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "ideal", $l0 using 1:2 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0003" title "Z020zzzzzzzzzzzzz", $l1 using 1:2 with linespoints lw 2 pt 7 ps 0.7 lc rgb "#0a0005" title "Z021zzzzzzzzzzzzzzzz"
set tmargin at screen 0.519
set bmargin at screen 0.2304
set xlabel "ranks"
set ylabel "efficiency"
unset logscale y
set format y "%g %%"
set yrange [90:105.486248]
set key at screen 0.03,0.1342 left top vertical maxrows 3
plot 100 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "ideal", $l0 using 1:3 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0003" title "Z022zzzzzzzzzzzzz", $l1 using 1:3 with linespoints lw 2 pt 7 ps 0.7 lc rgb "#0a0005" title "Z023zzzzzzzzzzzzzzzz"
unset multiplot

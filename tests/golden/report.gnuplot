reset
set terminal dumb nofeed noenhanced size 80,18
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
$d0 << E
0 93.1133775 Z000
2 1.74587583 Z001
E
$d1 << E
1 43.6468957 Z002
E
$d2 << E
3 186.226755 Z003
E
set yrange [3.6:-0.6]
set xrange [0:223.472106]
set ytics ("Z004" 0, "Z005zzzzzzzz" 1, "Z006z" 2, "Z007zzzzzz" 3) textcolor rgb "#0a0000"
set xlabel "TFLOP/s, counting 2N³ for each"
set grid noytics
set key below vertical maxrows 4 left
plot $d0 using (0):1:(0):2:($1+-0.34):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0003" title "gpubench, f32", $d0 using 2:($1+0):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle, $d1 using (0):1:(0):2:($1+-0.34):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0004" title "a library", $d1 using 2:($1+0):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle, $d2 using (0):1:(0):2:($1+-0.34):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0005" title "gpubench, not f32", $d2 using 2:($1+0):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
reset
set terminal dumb nofeed noenhanced size 80,26
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set logscale xy
set xlabel "N" offset 0,0.5
set ylabel "TFLOP/s"
set border 3
set key below vertical left
set xtics ("64" 64, "128" 128, "256" 256, "512" 512, "1024" 1024, "2048" 2048, "4096" 4096) textcolor rgb "#0a0000"
set xrange [57.1428571:4587.52]
$l0 << E
256 5.29407787
512 15.6408915
1024 30.5846514
2048 40.182542
4096 43.6468957
E
$l1 << E
64 0.261496991
128 2.05284293
256 12.7895248
512 44.6749362
1024 76.69556
2048 90.3429988
4096 93.1133775
E
$l2 << E
256 0.211763102
512 0.625635657
1024 1.22338606
2048 1.60730168
4096 1.74587583
E
set arrow from graph 0, first 60 to graph 1, first 60 nohead dt (8,5) lw 1.5 lc rgb "#0a0002"
set label "peak" at graph 0.01, first 60 left offset 0,0.6 textcolor rgb "#0a0000"
set yrange [*:148.981404]
plot $l0 using 1:2 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0004" title "Z000zzzzzzzz", $l1 using 1:2 with linespoints lw 2 pt 7 ps 0.7 lc rgb "#0a0003" title "Z001", $l2 using 1:2 with linespoints lw 2 pt 9 ps 0.7 lc rgb "#0a0005" title "Z002z"
reset
set terminal dumb nofeed noenhanced size 80,25
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set logscale xy
set xlabel "N" offset 0,0.5
set ylabel "TFLOP/s"
set border 3
set key below vertical left
set xtics ("256" 256, "512" 512, "1024" 1024, "2048" 2048, "4096" 4096) textcolor rgb "#0a0000"
set xrange [228.571429:4587.52]
$l0 << E
256 22.588063
512 66.734467
1024 130.494512
2048 171.445512
4096 186.226755
E
set arrow from graph 0, first 480 to graph 1, first 480 nohead dt (8,5) lw 1.5 lc rgb "#0a0002"
set label "peak" at graph 0.01, first 480 left offset 0,0.6 textcolor rgb "#0a0000"
set yrange [*:768]
plot $l0 using 1:2 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0003" title "Z000z"
reset
set terminal dumb nofeed noenhanced size 80,26
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set logscale y
set format y "1e%+02T"
set xlabel "TFLOP/s"
set border 3
set key below vertical maxrows 4 left
set xrange [0:214.160768]
set yrange [1e-8:1e-4]
set label "Z000zzzzzz" at screen 0.82197, screen 0.90352 right tc rgb "#0a0000"
set label "Z001" at screen 0.51625, screen 0.39571 left tc rgb "#0a0000"
set label "Z002z" at screen 0.17494, screen 0.36710 left tc rgb "#0a0000"
set label "Z003zzzzzzzz" at screen 0.31041, screen 0.44182 center tc rgb "#0a0000"
$f << E
186.226755 4e-05
93.1133775 3e-08
1.74587583 2e-08
E
$e0 << E
186.226755 4e-05 7
E
$e1 << E
93.1133775 3e-08 7
43.6468957 3.5e-08 6
1.74587583 2e-08 7
E
plot $f using 1:2 with lines lw 1.5 dt (6,4) lc rgb "#0a0002" title "best for its error", $e0 using 1:2:3 with points pt variable ps 0.9 lw 1.5 lc rgb "#0a0003" notitle, NaN with points pt 7 ps 0.9 lc rgb "#0a0003" title "Z004", $e1 using 1:2:3 with points pt variable ps 0.9 lw 1.5 lc rgb "#0a0004" notitle, NaN with points pt 7 ps 0.9 lc rgb "#0a0004" title "Z005"
reset
set terminal dumb nofeed noenhanced size 80,22
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
$s << E
1 1.47788951
2 1.48082065
3 1.47713418
4 1.475153
5 1.47935
6 1.48024966
7 1.47582083
8 1.47606243
E
$t << E
1 1.47788951
2 1.48082065
E
$c << E
1 1980
2 1950
3 1920
4 1980
5 1950
6 1920
7 1980
8 1950
E
set xrange [0.5:8.5]
set border 3
set xlabel "sample"
set yrange [1.4691189:1.48685475]
set ytics 0.005 textcolor rgb "#0a0000"
set ylabel "Z000"
set key above horizontal left
plot 1.47751184 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "median", $s using 1:2 with linespoints lw 1.2 pt 7 ps 0.5 lc rgb "#0a0003" title "time", $t using 1:2 with points pt 6 ps 1.1 lw 1.5 lc rgb "#0a0006" title "clock held back"
reset
set terminal dumb nofeed noenhanced size 80,14
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
$d0 << E
0 2685.0407 Z000
E
$d1 << E
E
$d2 << E
E
set yrange [0.6:-0.6]
set xrange [0:3222.04884]
set ytics ("Z001zzzz" 0) textcolor rgb "#0a0000"
set xlabel "GB/s"
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
1 25
2 25.049583
3 24.987223
4 24.953709
5 25.024706
6 25.039924
7 24.965006
8 24.969093
E
$t << E
1 25
2 25.049583
E
$c << E
1 1980
2 1950
3 1920
4 1980
5 1950
6 1920
7 1980
8 1950
E
set xrange [0.5:8.5]
set border 3
set xlabel "sample"
set yrange [24.8516361:25.1516559]
set ytics 0.1 textcolor rgb "#0a0000"
set ylabel "Z000"
set key above horizontal left
plot 24.9936115 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "median", $s using 1:2 with linespoints lw 1.2 pt 7 ps 0.5 lc rgb "#0a0003" title "time", $t using 1:2 with points pt 6 ps 1.1 lw 1.5 lc rgb "#0a0006" title "clock held back"
reset
set terminal dumb nofeed noenhanced size 80,28
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set logscale xy
set xlabel "N" offset 0,0.5
set border 3
set key below vertical left
$w0 << E
64 3.620515e-07
128 2.1965905e-06
256 1.6872903e-05
512 0.000134283404
1024 0.00107356741
2048 0.00858783948
E
$w1 << E
64 1.00049485e-05
128 1.00431685e-05
256 1.0348925e-05
512 1.2794977e-05
1024 3.23633935e-05
2048 0.000188910729
E
$w2 << E
64 1.09869929e-05
128 1.15713463e-05
256 1.40616361e-05
512 2.52458214e-05
1024 7.97667713e-05
2048 0.00037612424
E
$w3 << E
64 1.53326285e-05
128 1.63538885e-05
256 2.0591805e-05
512 3.8766497e-05
1024 0.000121249473
2048 0.000529455049
E
$w4 << E
64 1.98253929e-05
128 2.53249463e-05
256 4.74760361e-05
512 0.000137303421
1024 0.000506397171
2048 0.00206104584
E
set xtics ("64" 64, "128" 128, "256" 256, "512" 512, "1024" 1024, "2048" 2048) textcolor rgb "#0a0000"
set xrange [57.1428571:2293.76]
set ytics ("1 ns" 1e-9, "10 ns" 1e-8, "100 ns" 1e-7, "1 µs" 1e-6, "10 µs" 1e-5, "100 µs" 1e-4, "1 ms" 1e-3, "10 ms" 1e-2, "100 ms" 1e-1, "1 s" 1e0, "10 s" 1e1, "100 s" 1e2, "1000 s" 1e3) textcolor rgb "#0a0000"
plot $w0 using 1:2 with linespoints lw 2.5 pt 5 ps 0.7 lc rgb "#0a0004" title "CPU", $w1 using 1:2 with linespoints lw 2 pt 7 ps 0.7 lc rgb "#0a0003" title "Z000zzzzzzzz", $w2 using 1:2 with linespoints lw 2 pt 9 ps 0.7 lc rgb "#0a0007" title "Z001zzzzzzzzzzzzzzzzzzzzzz", $w3 using 1:2 with linespoints lw 2 pt 11 ps 0.7 lc rgb "#0a0005" title "Z002zzzzzzzzzzzzzzzzzzzzzz", $w4 using 1:2 with linespoints lw 2 pt 13 ps 0.7 lc rgb "#0a0006" title "Z003zzzzzzzzzzzzzzzzzzzzzzzz"
reset
set terminal dumb nofeed noenhanced size 80,14
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
$d0 << E
E
$d1 << E
0 2.00048792 Z000
E
$d2 << E
E
set yrange [0.6:-0.6]
set xrange [0:2.4005855]
set ytics ("Z001zzzzzzzzz" 0) textcolor rgb "#0a0000"
set xlabel "TFLOP/s, counting 2N³ for each"
set grid noytics
set key below vertical maxrows 4 left
plot $d1 using (0):1:(0):2:($1+-0.34):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0004" title "a library", $d1 using 2:($1+0):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
reset
set terminal dumb nofeed noenhanced size 80,25
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set logscale xy
set xlabel "N" offset 0,0.5
set ylabel "TFLOP/s"
set border 3
set key below vertical left
set xtics ("64" 64, "128" 128, "256" 256, "512" 512, "1024" 1024, "2048" 2048) textcolor rgb "#0a0000"
set xrange [57.1428571:2293.76]
$l0 << E
64 1.44810338
128 1.90946105
256 1.98865791
512 1.99902182
1024 2.00032492
2048 2.00048792
E
set arrow from graph 0, first 4 to graph 1, first 4 nohead dt (8,5) lw 1.5 lc rgb "#0a0002"
set label "peak" at graph 0.01, first 4 left offset 0,0.6 textcolor rgb "#0a0000"
set yrange [*:6.4]
plot $l0 using 1:2 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0003" title "Z000zzzzzzzzz"
reset
set terminal dumb nofeed noenhanced size 80,22
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
$s << E
1 8.59003459
2 8.60707146
3 8.58564438
4 8.57412903
5 8.59852349
6 8.60375266
7 8.5780107
8 8.57941495
E
$t << E
E
$c << E
E
set xrange [0.5:8.5]
set border 3
set xlabel "sample"
set yrange [8.53905664:8.64214385]
set ytics 0.05 textcolor rgb "#0a0000"
set ylabel "Z000"
set key above horizontal left
plot 8.58783948 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "median", $s using 1:2 with linespoints lw 1.2 pt 7 ps 0.5 lc rgb "#0a0003" title "time"
reset
set terminal dumb nofeed noenhanced size 80,10
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
$h0 << E
0 0.961538462 Z000zz
1 1.03846154 Z001zz
E
$h1 << E
E
set yrange [1.6:-0.6]
set xrange [0:1.55769231]
set ytics ("Z002z" 0, "Z003zzzzzzzzzzzz" 1) textcolor rgb "#0a0000"
set xlabel "time, as a multiple of the median"
set grid noytics
unset key
unset xtics
plot $h0 using (0):1:(0):2:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb "#0a0003" notitle, $h0 using 2:1:3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle, $h1 using (0):1:(0):2:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb "#0a0006" notitle, $h1 using 2:1:3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
reset
set terminal svg size 760,262 dynamic noenhanced font "sans-serif,13" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$d0 << E
0 93.1133775 Z000zzzzzzzzzzz
2 1.74587583 Z001zzzzzzzzzzz
E
$d1 << E
1 43.6468957 Z002zzzzzzzzzzz
E
$d2 << E
3 186.226755 Z003zzzzzzzzzz
E
set yrange [3.6:-0.6]
set xrange [0:232.783444]
set ytics ("Z004" 0, "Z005zzzzzzzz" 1, "Z006z" 2, "Z007zzzzzz" 3) textcolor rgb "#0a0000"
set xlabel "TFLOP/s, counting 2N³ for each"
set grid noytics
set key above vertical maxrows 3 left
plot $d0 using (0):1:(0):2:($1+-0.34):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0003" title "gpubench, f32", $d0 using 2:($1+0):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle, $d1 using (0):1:(0):2:($1+-0.34):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0004" title "a library", $d1 using 2:($1+0):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle, $d2 using (0):1:(0):2:($1+-0.34):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0005" title "gpubench, not f32", $d2 using 2:($1+0):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
reset
set terminal svg size 380,350 dynamic noenhanced font "sans-serif,12" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$d0 << E
0 93.1133775 Z008
2 1.74587583 Z009
E
$d1 << E
1 43.6468957 Z010
E
$d2 << E
3 186.226755 Z011
E
set yrange [3.6:-0.6]
set xrange [0:223.472106]
unset ytics
unset xtics
set lmargin 2
set label "Z012" at 0,-0.28 left tc rgb "#0a0000"
set label "Z013zzzzzzzz" at 0,0.72 left tc rgb "#0a0000"
set label "Z014z" at 0,1.72 left tc rgb "#0a0000"
set label "Z015zzzzzz" at 0,2.72 left tc rgb "#0a0000"
set xlabel "TFLOP/s, counting 2N³ for each"
set grid noytics
set key below vertical maxrows 4 left
plot $d0 using (0):1:(0):2:($1+0.05):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0003" title "gpubench, f32", $d0 using 2:($1+0.21):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle, $d1 using (0):1:(0):2:($1+0.05):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0004" title "a library", $d1 using 2:($1+0.21):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle, $d2 using (0):1:(0):2:($1+0.05):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0005" title "gpubench, not f32", $d2 using 2:($1+0.21):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
reset
set terminal svg size 760,400 dynamic noenhanced font "sans-serif,13" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
set logscale xy
set xlabel "N" offset 0,0.5
set ylabel "TFLOP/s"
set border 3
set key above horizontal left
set xtics ("64" 64, "128" 128, "256" 256, "512" 512, "1024" 1024, "2048" 2048, "4096" 4096) textcolor rgb "#0a0000"
set xrange [57.1428571:4587.52]
$l0 << E
256 5.29407787
512 15.6408915
1024 30.5846514
2048 40.182542
4096 43.6468957
E
$l1 << E
64 0.261496991
128 2.05284293
256 12.7895248
512 44.6749362
1024 76.69556
2048 90.3429988
4096 93.1133775
E
$l2 << E
256 0.211763102
512 0.625635657
1024 1.22338606
2048 1.60730168
4096 1.74587583
E
set arrow from graph 0, first 60 to graph 1, first 60 nohead dt (8,5) lw 1.5 lc rgb "#0a0002"
set label "peak" at graph 0.01, first 60 left offset 0,0.6 textcolor rgb "#0a0000"
set yrange [*:148.981404]
plot $l0 using 1:2 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0004" title "Z016zzzzzzzz", $l1 using 1:2 with linespoints lw 2 pt 7 ps 0.7 lc rgb "#0a0003" title "Z017", $l2 using 1:2 with linespoints lw 2 pt 9 ps 0.7 lc rgb "#0a0005" title "Z018z"
reset
set terminal svg size 380,448 dynamic noenhanced font "sans-serif,12" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
set logscale xy
set xlabel "N" offset 0,0.5
set ylabel "TFLOP/s"
set border 3
set key below vertical left
set xtics ("64" 64, "128" 128, "256" 256, "512" 512, "1024" 1024, "2048" 2048, "4096" 4096) textcolor rgb "#0a0000"
set xrange [57.1428571:4587.52]
$l0 << E
256 5.29407787
512 15.6408915
1024 30.5846514
2048 40.182542
4096 43.6468957
E
$l1 << E
64 0.261496991
128 2.05284293
256 12.7895248
512 44.6749362
1024 76.69556
2048 90.3429988
4096 93.1133775
E
$l2 << E
256 0.211763102
512 0.625635657
1024 1.22338606
2048 1.60730168
4096 1.74587583
E
set arrow from graph 0, first 60 to graph 1, first 60 nohead dt (8,5) lw 1.5 lc rgb "#0a0002"
set label "peak" at graph 0.01, first 60 left offset 0,0.6 textcolor rgb "#0a0000"
set yrange [*:148.981404]
plot $l0 using 1:2 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0004" title "Z019zzzzzzzz", $l1 using 1:2 with linespoints lw 2 pt 7 ps 0.7 lc rgb "#0a0003" title "Z020", $l2 using 1:2 with linespoints lw 2 pt 9 ps 0.7 lc rgb "#0a0005" title "Z021z"
reset
set terminal svg size 760,400 dynamic noenhanced font "sans-serif,13" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
set logscale xy
set xlabel "N" offset 0,0.5
set ylabel "TFLOP/s"
set border 3
set key above horizontal left
set xtics ("256" 256, "512" 512, "1024" 1024, "2048" 2048, "4096" 4096) textcolor rgb "#0a0000"
set xrange [228.571429:4587.52]
$l0 << E
256 22.588063
512 66.734467
1024 130.494512
2048 171.445512
4096 186.226755
E
set arrow from graph 0, first 480 to graph 1, first 480 nohead dt (8,5) lw 1.5 lc rgb "#0a0002"
set label "peak" at graph 0.01, first 480 left offset 0,0.6 textcolor rgb "#0a0000"
set yrange [*:768]
plot $l0 using 1:2 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0003" title "Z022z"
reset
set terminal svg size 380,416 dynamic noenhanced font "sans-serif,12" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
set logscale xy
set xlabel "N" offset 0,0.5
set ylabel "TFLOP/s"
set border 3
set key below vertical left
set xtics ("256" 256, "512" 512, "1024" 1024, "2048" 2048, "4096" 4096) textcolor rgb "#0a0000"
set xrange [228.571429:4587.52]
$l0 << E
256 22.588063
512 66.734467
1024 130.494512
2048 171.445512
4096 186.226755
E
set arrow from graph 0, first 480 to graph 1, first 480 nohead dt (8,5) lw 1.5 lc rgb "#0a0002"
set label "peak" at graph 0.01, first 480 left offset 0,0.6 textcolor rgb "#0a0000"
set yrange [*:768]
plot $l0 using 1:2 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0003" title "Z023z"
reset
set terminal svg size 760,360 dynamic noenhanced font "sans-serif,13" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
set logscale y
set format y "1e%+02T"
set xlabel "TFLOP/s"
set border 3
set key above horizontal left
set xrange [0:214.160768]
set yrange [1e-8:1e-4]
set lmargin at screen 0.08158
set rmargin at screen 0.97368
set tmargin at screen 0.81111
set bmargin at screen 0.16667
set label "Z024zzzzzz" at screen 0.86785, screen 0.74700 left tc rgb "#0a0000"
set label "Z025" at screen 0.47998, screen 0.24354 left tc rgb "#0a0000"
set label "Z026z" at screen 0.09938, screen 0.21517 left tc rgb "#0a0000"
set label "Z027zzzzzzzz" at screen 0.27392, screen 0.25432 left tc rgb "#0a0000"
$f << E
186.226755 4e-05
93.1133775 3e-08
1.74587583 2e-08
E
$e0 << E
186.226755 4e-05 7
E
$e1 << E
93.1133775 3e-08 7
43.6468957 3.5e-08 6
1.74587583 2e-08 7
E
plot $f using 1:2 with lines lw 1.5 dt (6,4) lc rgb "#0a0002" title "best for its error", $e0 using 1:2:3 with points pt variable ps 0.9 lw 1.5 lc rgb "#0a0003" notitle, NaN with points pt 7 ps 0.9 lc rgb "#0a0003" title "Z028", $e1 using 1:2:3 with points pt variable ps 0.9 lw 1.5 lc rgb "#0a0004" notitle, NaN with points pt 7 ps 0.9 lc rgb "#0a0004" title "Z029"
reset
set terminal svg size 380,440 dynamic noenhanced font "sans-serif,12" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
set logscale y
set format y "1e%+02T"
set xlabel "TFLOP/s"
set border 3
set key below vertical maxrows 4 left
set xrange [0:214.160768]
set yrange [1e-8:1e-4]
set lmargin at screen 0.14737
set rmargin at screen 0.94737
set tmargin at screen 0.96818
set bmargin at screen 0.31818
set label "Z030zzzzzz" at screen 0.82197, screen 0.90352 right tc rgb "#0a0000"
set label "Z031" at screen 0.51625, screen 0.39571 left tc rgb "#0a0000"
set label "Z032z" at screen 0.17494, screen 0.36710 left tc rgb "#0a0000"
set label "Z033zzzzzzzz" at screen 0.31041, screen 0.44182 center tc rgb "#0a0000"
$f << E
186.226755 4e-05
93.1133775 3e-08
1.74587583 2e-08
E
$e0 << E
186.226755 4e-05 7
E
$e1 << E
93.1133775 3e-08 7
43.6468957 3.5e-08 6
1.74587583 2e-08 7
E
plot $f using 1:2 with lines lw 1.5 dt (6,4) lc rgb "#0a0002" title "best for its error", $e0 using 1:2:3 with points pt variable ps 0.9 lw 1.5 lc rgb "#0a0003" notitle, NaN with points pt 7 ps 0.9 lc rgb "#0a0003" title "Z034", $e1 using 1:2:3 with points pt variable ps 0.9 lw 1.5 lc rgb "#0a0004" notitle, NaN with points pt 7 ps 0.9 lc rgb "#0a0004" title "Z035"
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
1 1.47788951
2 1.48082065
3 1.47713418
4 1.475153
5 1.47935
6 1.48024966
7 1.47582083
8 1.47606243
E
$t << E
1 1.47788951
2 1.48082065
E
$c << E
1 1980
2 1950
3 1920
4 1980
5 1950
6 1920
7 1980
8 1950
E
set xrange [0.5:8.5]
set border 3
set multiplot
set lmargin 11
set rmargin 2
set tmargin at screen 0.90
set bmargin at screen 0.47
set format x ""
set yrange [1.4691189:1.48685475]
set ytics 0.005 textcolor rgb "#0a0000"
set ylabel "Z036"
set key above horizontal left
plot 1.47751184 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "median", $s using 1:2 with linespoints lw 1.2 pt 7 ps 0.5 lc rgb "#0a0003" title "time", $t using 1:2 with points pt 6 ps 1.1 lw 1.5 lc rgb "#0a0006" title "clock held back"
set tmargin at screen 0.40
set bmargin at screen 0.16
set format x "%g"
set xlabel "sample"
set ylabel "SM MHz"
unset key
set yrange [1914:1986]
set ytics 20 textcolor rgb "#0a0000"
plot $c using 1:2 with steps lw 1.5 lc rgb "#0a0005" notitle
unset multiplot
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
1 1.47788951
2 1.48082065
3 1.47713418
4 1.475153
5 1.47935
6 1.48024966
7 1.47582083
8 1.47606243
E
$t << E
1 1.47788951
2 1.48082065
E
$c << E
1 1980
2 1950
3 1920
4 1980
5 1950
6 1920
7 1980
8 1950
E
set xrange [0.5:8.5]
set border 3
set multiplot
set lmargin 10
set rmargin 2
set tmargin at screen 0.83
set bmargin at screen 0.47
set format x ""
set yrange [1.4691189:1.48685475]
set ytics 0.005 textcolor rgb "#0a0000"
set ylabel "Z037"
set key above horizontal left
plot 1.47751184 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "median", $s using 1:2 with linespoints lw 1.2 pt 7 ps 0.5 lc rgb "#0a0003" title "time", $t using 1:2 with points pt 6 ps 1.1 lw 1.5 lc rgb "#0a0006" title "clock held back"
set tmargin at screen 0.40
set bmargin at screen 0.16
set format x "%g"
set xlabel "sample"
set ylabel "SM MHz"
unset key
set yrange [1914:1986]
set ytics 20 textcolor rgb "#0a0000"
plot $c using 1:2 with steps lw 1.5 lc rgb "#0a0005" notitle
unset multiplot
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
0 2685.0407 Z038zzzzzzzzzzz
E
$d1 << E
E
$d2 << E
E
set yrange [0.6:-0.6]
set xrange [0:3356.30087]
set ytics ("Z039zzzz" 0) textcolor rgb "#0a0000"
set xlabel "GB/s"
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
0 2685.0407 Z040
E
$d1 << E
E
$d2 << E
E
set yrange [0.6:-0.6]
set xrange [0:3222.04884]
unset ytics
unset xtics
set lmargin 2
set label "Z041zzzz" at 0,-0.28 left tc rgb "#0a0000"
set xlabel "GB/s"
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
1 25
2 25.049583
3 24.987223
4 24.953709
5 25.024706
6 25.039924
7 24.965006
8 24.969093
E
$t << E
1 25
2 25.049583
E
$c << E
1 1980
2 1950
3 1920
4 1980
5 1950
6 1920
7 1980
8 1950
E
set xrange [0.5:8.5]
set border 3
set multiplot
set lmargin 11
set rmargin 2
set tmargin at screen 0.90
set bmargin at screen 0.47
set format x ""
set yrange [24.8516361:25.1516559]
set ytics 0.1 textcolor rgb "#0a0000"
set ylabel "Z042"
set key above horizontal left
plot 24.9936115 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "median", $s using 1:2 with linespoints lw 1.2 pt 7 ps 0.5 lc rgb "#0a0003" title "time", $t using 1:2 with points pt 6 ps 1.1 lw 1.5 lc rgb "#0a0006" title "clock held back"
set tmargin at screen 0.40
set bmargin at screen 0.16
set format x "%g"
set xlabel "sample"
set ylabel "SM MHz"
unset key
set yrange [1914:1986]
set ytics 20 textcolor rgb "#0a0000"
plot $c using 1:2 with steps lw 1.5 lc rgb "#0a0005" notitle
unset multiplot
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
1 25
2 25.049583
3 24.987223
4 24.953709
5 25.024706
6 25.039924
7 24.965006
8 24.969093
E
$t << E
1 25
2 25.049583
E
$c << E
1 1980
2 1950
3 1920
4 1980
5 1950
6 1920
7 1980
8 1950
E
set xrange [0.5:8.5]
set border 3
set multiplot
set lmargin 10
set rmargin 2
set tmargin at screen 0.83
set bmargin at screen 0.47
set format x ""
set yrange [24.8516361:25.1516559]
set ytics 0.1 textcolor rgb "#0a0000"
set ylabel "Z043"
set key above horizontal left
plot 24.9936115 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "median", $s using 1:2 with linespoints lw 1.2 pt 7 ps 0.5 lc rgb "#0a0003" title "time", $t using 1:2 with points pt 6 ps 1.1 lw 1.5 lc rgb "#0a0006" title "clock held back"
set tmargin at screen 0.40
set bmargin at screen 0.16
set format x "%g"
set xlabel "sample"
set ylabel "SM MHz"
unset key
set yrange [1914:1986]
set ytics 20 textcolor rgb "#0a0000"
plot $c using 1:2 with steps lw 1.5 lc rgb "#0a0005" notitle
unset multiplot
reset
set terminal svg size 760,400 dynamic noenhanced font "sans-serif,13" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
set logscale xy
set xlabel "N" offset 0,0.5
set border 3
set key above horizontal left
$w0 << E
64 3.620515e-07
128 2.1965905e-06
256 1.6872903e-05
512 0.000134283404
1024 0.00107356741
2048 0.00858783948
E
$w1 << E
64 1.00049485e-05
128 1.00431685e-05
256 1.0348925e-05
512 1.2794977e-05
1024 3.23633935e-05
2048 0.000188910729
E
$w2 << E
64 1.09869929e-05
128 1.15713463e-05
256 1.40616361e-05
512 2.52458214e-05
1024 7.97667713e-05
2048 0.00037612424
E
$w3 << E
64 1.53326285e-05
128 1.63538885e-05
256 2.0591805e-05
512 3.8766497e-05
1024 0.000121249473
2048 0.000529455049
E
$w4 << E
64 1.98253929e-05
128 2.53249463e-05
256 4.74760361e-05
512 0.000137303421
1024 0.000506397171
2048 0.00206104584
E
set xtics ("64" 64, "128" 128, "256" 256, "512" 512, "1024" 1024, "2048" 2048) textcolor rgb "#0a0000"
set xrange [57.1428571:2293.76]
set ytics ("1 ns" 1e-9, "10 ns" 1e-8, "100 ns" 1e-7, "1 µs" 1e-6, "10 µs" 1e-5, "100 µs" 1e-4, "1 ms" 1e-3, "10 ms" 1e-2, "100 ms" 1e-1, "1 s" 1e0, "10 s" 1e1, "100 s" 1e2, "1000 s" 1e3) textcolor rgb "#0a0000"
plot $w0 using 1:2 with linespoints lw 2.5 pt 5 ps 0.7 lc rgb "#0a0004" title "CPU", $w1 using 1:2 with linespoints lw 2 pt 7 ps 0.7 lc rgb "#0a0003" title "Z044zzzzzzzz", $w2 using 1:2 with linespoints lw 2 pt 9 ps 0.7 lc rgb "#0a0007" title "Z045zzzzzzzzzzzzzzzzzzzzzz", $w3 using 1:2 with linespoints lw 2 pt 11 ps 0.7 lc rgb "#0a0005" title "Z046zzzzzzzzzzzzzzzzzzzzzz", $w4 using 1:2 with linespoints lw 2 pt 13 ps 0.7 lc rgb "#0a0006" title "Z047zzzzzzzzzzzzzzzzzzzzzzzz"
reset
set terminal svg size 380,480 dynamic noenhanced font "sans-serif,12" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
set logscale xy
set xlabel "N" offset 0,0.5
set border 3
set key below vertical left
$w0 << E
64 3.620515e-07
128 2.1965905e-06
256 1.6872903e-05
512 0.000134283404
1024 0.00107356741
2048 0.00858783948
E
$w1 << E
64 1.00049485e-05
128 1.00431685e-05
256 1.0348925e-05
512 1.2794977e-05
1024 3.23633935e-05
2048 0.000188910729
E
$w2 << E
64 1.09869929e-05
128 1.15713463e-05
256 1.40616361e-05
512 2.52458214e-05
1024 7.97667713e-05
2048 0.00037612424
E
$w3 << E
64 1.53326285e-05
128 1.63538885e-05
256 2.0591805e-05
512 3.8766497e-05
1024 0.000121249473
2048 0.000529455049
E
$w4 << E
64 1.98253929e-05
128 2.53249463e-05
256 4.74760361e-05
512 0.000137303421
1024 0.000506397171
2048 0.00206104584
E
set xtics ("64" 64, "128" 128, "256" 256, "512" 512, "1024" 1024, "2048" 2048) textcolor rgb "#0a0000"
set xrange [57.1428571:2293.76]
set ytics ("1 ns" 1e-9, "10 ns" 1e-8, "100 ns" 1e-7, "1 µs" 1e-6, "10 µs" 1e-5, "100 µs" 1e-4, "1 ms" 1e-3, "10 ms" 1e-2, "100 ms" 1e-1, "1 s" 1e0, "10 s" 1e1, "100 s" 1e2, "1000 s" 1e3) textcolor rgb "#0a0000"
plot $w0 using 1:2 with linespoints lw 2.5 pt 5 ps 0.7 lc rgb "#0a0004" title "CPU", $w1 using 1:2 with linespoints lw 2 pt 7 ps 0.7 lc rgb "#0a0003" title "Z048zzzzzzzz", $w2 using 1:2 with linespoints lw 2 pt 9 ps 0.7 lc rgb "#0a0007" title "Z049zzzzzzzzzzzzzzzzzzzzzz", $w3 using 1:2 with linespoints lw 2 pt 11 ps 0.7 lc rgb "#0a0005" title "Z050zzzzzzzzzzzzzzzzzzzzzz", $w4 using 1:2 with linespoints lw 2 pt 13 ps 0.7 lc rgb "#0a0006" title "Z051zzzzzzzzzzzzzzzzzzzzzzzz"
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
E
$d1 << E
0 2.00048792 Z052zzzzzzzz
E
$d2 << E
E
set yrange [0.6:-0.6]
set xrange [0:2.5006099]
set ytics ("Z053zzzzzzzzz" 0) textcolor rgb "#0a0000"
set xlabel "TFLOP/s, counting 2N³ for each"
set grid noytics
set key above vertical maxrows 3 left
plot $d1 using (0):1:(0):2:($1+-0.34):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0004" title "a library", $d1 using 2:($1+0):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
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
E
$d1 << E
0 2.00048792 Z054
E
$d2 << E
E
set yrange [0.6:-0.6]
set xrange [0:2.4005855]
unset ytics
unset xtics
set lmargin 2
set label "Z055zzzzzzzzz" at 0,-0.28 left tc rgb "#0a0000"
set xlabel "TFLOP/s, counting 2N³ for each"
set grid noytics
set key below vertical maxrows 4 left
plot $d1 using (0):1:(0):2:($1+0.05):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0004" title "a library", $d1 using 2:($1+0.21):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
reset
set terminal svg size 760,400 dynamic noenhanced font "sans-serif,13" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
set logscale xy
set xlabel "N" offset 0,0.5
set ylabel "TFLOP/s"
set border 3
set key above horizontal left
set xtics ("64" 64, "128" 128, "256" 256, "512" 512, "1024" 1024, "2048" 2048) textcolor rgb "#0a0000"
set xrange [57.1428571:2293.76]
$l0 << E
64 1.44810338
128 1.90946105
256 1.98865791
512 1.99902182
1024 2.00032492
2048 2.00048792
E
set arrow from graph 0, first 4 to graph 1, first 4 nohead dt (8,5) lw 1.5 lc rgb "#0a0002"
set label "peak" at graph 0.01, first 4 left offset 0,0.6 textcolor rgb "#0a0000"
set yrange [*:6.4]
plot $l0 using 1:2 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0003" title "Z056zzzzzzzzz"
reset
set terminal svg size 380,416 dynamic noenhanced font "sans-serif,12" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
set logscale xy
set xlabel "N" offset 0,0.5
set ylabel "TFLOP/s"
set border 3
set key below vertical left
set xtics ("64" 64, "128" 128, "256" 256, "512" 512, "1024" 1024, "2048" 2048) textcolor rgb "#0a0000"
set xrange [57.1428571:2293.76]
$l0 << E
64 1.44810338
128 1.90946105
256 1.98865791
512 1.99902182
1024 2.00032492
2048 2.00048792
E
set arrow from graph 0, first 4 to graph 1, first 4 nohead dt (8,5) lw 1.5 lc rgb "#0a0002"
set label "peak" at graph 0.01, first 4 left offset 0,0.6 textcolor rgb "#0a0000"
set yrange [*:6.4]
plot $l0 using 1:2 with linespoints lw 2 pt 5 ps 0.7 lc rgb "#0a0003" title "Z057zzzzzzzzz"
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
1 8.59003459
2 8.60707146
3 8.58564438
4 8.57412903
5 8.59852349
6 8.60375266
7 8.5780107
8 8.57941495
E
$t << E
E
$c << E
E
set xrange [0.5:8.5]
set border 3
set xlabel "sample"
set yrange [8.53905664:8.64214385]
set ytics 0.05 textcolor rgb "#0a0000"
set ylabel "Z058"
set key above horizontal left
plot 8.58783948 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "median", $s using 1:2 with linespoints lw 1.2 pt 7 ps 0.5 lc rgb "#0a0003" title "time"
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
1 8.59003459
2 8.60707146
3 8.58564438
4 8.57412903
5 8.59852349
6 8.60375266
7 8.5780107
8 8.57941495
E
$t << E
E
$c << E
E
set xrange [0.5:8.5]
set border 3
set xlabel "sample"
set yrange [8.53905664:8.64214385]
set ytics 0.05 textcolor rgb "#0a0000"
set ylabel "Z059"
set key above horizontal left
plot 8.58783948 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "median", $s using 1:2 with linespoints lw 1.2 pt 7 ps 0.5 lc rgb "#0a0003" title "time"
reset
set terminal svg size 760,146 dynamic noenhanced font "sans-serif,13" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$h0 << E
0 0.961538462 Z060zz
1 1.03846154 Z061zz
E
$h1 << E
E
set yrange [1.6:-0.6]
set xrange [0:1.35]
set ytics ("Z062z" 0, "Z063zzzzzzzzzzzz" 1) textcolor rgb "#0a0000"
set xlabel "time, as a multiple of the median"
set grid noytics
unset key
plot $h0 using (0):1:(0):2:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb "#0a0003" notitle, $h0 using 2:1:3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle, $h1 using (0):1:(0):2:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb "#0a0006" notitle, $h1 using 2:1:3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
reset
set terminal svg size 380,146 dynamic noenhanced font "sans-serif,12" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$h0 << E
0 0.961538462 Z064zz
1 1.03846154 Z065zz
E
$h1 << E
E
set yrange [1.6:-0.6]
set xrange [0:1.55769231]
set ytics ("Z066z" 0, "Z067zzzzzzzzzzzz" 1) textcolor rgb "#0a0000"
set xlabel "time, as a multiple of the median"
set grid noytics
unset key
unset xtics
plot $h0 using (0):1:(0):2:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb "#0a0003" notitle, $h0 using 2:1:3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle, $h1 using (0):1:(0):2:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb "#0a0006" notitle, $h1 using 2:1:3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle

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
E
$d2 << E
0 1319.55244 Z000
E
set yrange [0.6:-0.6]
set xrange [0:1583.46293]
set ytics ("Z001zzzzzzzzzzz" 0) textcolor rgb "#0a0000"
set xlabel "TFLOP/s, counting 2N³ for each"
set grid noytics
set key below vertical maxrows 4 left
plot $d2 using (0):1:(0):2:($1+-0.34):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0005" title "gpubench, not f32", $d2 using 2:($1+0):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
reset
set terminal dumb nofeed noenhanced size 80,22
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
$s << E
1 6.591074
2 6.581779
3 6.638462
4 6.607209
5 6.62895
6 6.681169
7 6.668216
8 6.663055
9 6.700524
10 6.660657
11 6.617115
12 6.674942
E
$t << E
1 6.591074
2 6.581779
3 6.638462
4 6.607209
5 6.62895
6 6.681169
7 6.668216
8 6.663055
9 6.700524
10 6.660657
11 6.617115
12 6.674942
E
$c << E
1 1484.20367
2 1455.63844
3 1452.58766
4 1467.2132
5 1456.37682
6 1447.32956
7 1452.42126
8 1449.94329
9 1444.29829
10 1442.16997
11 1459.2299
12 1444.17429
E
set xrange [0.5:12.5]
set border 3
set xlabel "sample"
set yrange [6.5699045:6.7123985]
set ytics 0.05 textcolor rgb "#0a0000"
set ylabel "Z000"
set key above horizontal left
plot 6.665967 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "median", $s using 1:2 with linespoints lw 1.2 pt 7 ps 0.5 lc rgb "#0a0003" title "time", $t using 1:2 with points pt 6 ps 1.1 lw 1.5 lc rgb "#0a0006" title "clock held back"
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
E
$d2 << E
0 1079.39216 Z000
E
set yrange [0.6:-0.6]
set xrange [0:1295.2706]
set ytics ("Z001zzzzzzzzzzzzzzzzzzzzz" 0) textcolor rgb "#0a0000"
set xlabel "TFLOP/s, counting 2N³ for each"
set grid noytics
set key below vertical maxrows 4 left
plot $d2 using (0):1:(0):2:($1+-0.34):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0005" title "gpubench, not f32", $d2 using 2:($1+0):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
reset
set terminal dumb nofeed noenhanced size 80,22
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
$s << E
1 7.835916
2 8.320413
3 8.09513
4 8.240684
5 8.157977
6 8.060516
7 8.058686
8 8.110705
9 8.078551
10 8.220241
11 8.204443
12 8.066182
E
$t << E
1 7.835916
2 8.320413
3 8.09513
4 8.240684
5 8.157977
6 8.060516
7 8.058686
8 8.110705
9 8.078551
10 8.220241
11 8.204443
12 8.066182
E
$c << E
1 1529.39668
2 1468.27495
3 1507.66827
4 1444.6988
5 1459.82616
6 1440
7 1455.16869
8 1460.01707
9 1447.5386
10 1469.83513
11 1475.00004
12 1455.12628
E
set xrange [0.5:12.5]
set border 3
set xlabel "sample"
set yrange [7.7874663:8.3688627]
set ytics 0.2 textcolor rgb "#0a0000"
set ylabel "Z000"
set key above horizontal left
plot 8.149117 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "median", $s using 1:2 with linespoints lw 1.2 pt 7 ps 0.5 lc rgb "#0a0003" title "time", $t using 1:2 with points pt 6 ps 1.1 lw 1.5 lc rgb "#0a0006" title "clock held back"
reset
set terminal dumb nofeed noenhanced size 80,33
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
$flops << E
1.093 1295.64062
2.065 1249.58466
3.05 1277.32325
4.022 1250.07664
5.105 1258.7452
6.095 1271.79551
7.066 1250.47567
8.038 1248.73969
9.03 1268.13139
10.007 1243.71566
11.091 1258.38282
12.079 1272.42311
E
$sm_hz << E
1.093 1492.3
2.065 1459.5
3.05 1463.5
4.022 1460.3
5.105 1457.3
6.095 1445.9
7.066 1453.2
8.038 1453
9.03 1444.9
10.007 1450.6
11.091 1463.5
12.079 1446.3
E
$power_w << E
1.093 407.8
2.065 692.8
3.05 693.6
4.022 691.9
5.105 693
6.095 692
7.066 691.5
8.038 691.6
9.03 691.2
10.007 690.8
11.091 692.4
12.079 693.8
E
$temperature_c << E
1.093 50.2
2.065 55
3.05 55.8
4.022 56.3
5.105 56.4
6.095 56.3
7.066 56.7
8.038 56.7
9.03 56.6
10.007 56.7
11.091 56.8
12.079 56.7
E
$wrong << E
E
set border 3
set xrange [0:12.079]
set format x "%g"
set xlabel "s"
set yrange [1238.52317:1300.83312]
set ytics 20 textcolor rgb "#0a0000"
set ylabel "Z000zzz"
plot $flops using 1:2 with lines lw 1.5 lc rgb "#0a0003" notitle
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
E
$d2 << E
0 1319.55244 Z000zzzzzzzzzzz
E
set yrange [0.6:-0.6]
set xrange [0:1649.44055]
set ytics ("Z001zzzzzzzzzzz" 0) textcolor rgb "#0a0000"
set xlabel "TFLOP/s, counting 2N³ for each"
set grid noytics
set key above vertical maxrows 3 left
plot $d2 using (0):1:(0):2:($1+-0.34):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0005" title "gpubench, not f32", $d2 using 2:($1+0):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
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
E
$d2 << E
0 1319.55244 Z002
E
set yrange [0.6:-0.6]
set xrange [0:1583.46293]
unset ytics
unset xtics
set lmargin 2
set label "Z003zzzzzzzzzzz" at 0,-0.28 left tc rgb "#0a0000"
set xlabel "TFLOP/s, counting 2N³ for each"
set grid noytics
set key below vertical maxrows 4 left
plot $d2 using (0):1:(0):2:($1+0.05):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0005" title "gpubench, not f32", $d2 using 2:($1+0.21):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
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
1 6.591074
2 6.581779
3 6.638462
4 6.607209
5 6.62895
6 6.681169
7 6.668216
8 6.663055
9 6.700524
10 6.660657
11 6.617115
12 6.674942
E
$t << E
1 6.591074
2 6.581779
3 6.638462
4 6.607209
5 6.62895
6 6.681169
7 6.668216
8 6.663055
9 6.700524
10 6.660657
11 6.617115
12 6.674942
E
$c << E
1 1484.20367
2 1455.63844
3 1452.58766
4 1467.2132
5 1456.37682
6 1447.32956
7 1452.42126
8 1449.94329
9 1444.29829
10 1442.16997
11 1459.2299
12 1444.17429
E
set xrange [0.5:12.5]
set border 3
set multiplot
set lmargin 11
set rmargin 2
set tmargin at screen 0.90
set bmargin at screen 0.47
set format x ""
set yrange [6.5699045:6.7123985]
set ytics 0.05 textcolor rgb "#0a0000"
set ylabel "Z004"
set key above horizontal left
plot 6.665967 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "median", $s using 1:2 with linespoints lw 1.2 pt 7 ps 0.5 lc rgb "#0a0003" title "time", $t using 1:2 with points pt 6 ps 1.1 lw 1.5 lc rgb "#0a0006" title "clock held back"
set tmargin at screen 0.40
set bmargin at screen 0.16
set format x "%g"
set xlabel "sample"
set ylabel "SM MHz"
unset key
set yrange [1437.9666:1488.40704]
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
1 6.591074
2 6.581779
3 6.638462
4 6.607209
5 6.62895
6 6.681169
7 6.668216
8 6.663055
9 6.700524
10 6.660657
11 6.617115
12 6.674942
E
$t << E
1 6.591074
2 6.581779
3 6.638462
4 6.607209
5 6.62895
6 6.681169
7 6.668216
8 6.663055
9 6.700524
10 6.660657
11 6.617115
12 6.674942
E
$c << E
1 1484.20367
2 1455.63844
3 1452.58766
4 1467.2132
5 1456.37682
6 1447.32956
7 1452.42126
8 1449.94329
9 1444.29829
10 1442.16997
11 1459.2299
12 1444.17429
E
set xrange [0.5:12.5]
set border 3
set multiplot
set lmargin 10
set rmargin 2
set tmargin at screen 0.83
set bmargin at screen 0.47
set format x ""
set yrange [6.5699045:6.7123985]
set ytics 0.05 textcolor rgb "#0a0000"
set ylabel "Z005"
set key above horizontal left
plot 6.665967 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "median", $s using 1:2 with linespoints lw 1.2 pt 7 ps 0.5 lc rgb "#0a0003" title "time", $t using 1:2 with points pt 6 ps 1.1 lw 1.5 lc rgb "#0a0006" title "clock held back"
set tmargin at screen 0.40
set bmargin at screen 0.16
set format x "%g"
set xlabel "sample"
set ylabel "SM MHz"
unset key
set yrange [1437.9666:1488.40704]
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
E
$d1 << E
E
$d2 << E
0 1079.39216 Z006zzzzzzzzzzz
E
set yrange [0.6:-0.6]
set xrange [0:1349.2402]
set ytics ("Z007zzzzzzzzzzzzzzzzzzzzz" 0) textcolor rgb "#0a0000"
set xlabel "TFLOP/s, counting 2N³ for each"
set grid noytics
set key above vertical maxrows 3 left
plot $d2 using (0):1:(0):2:($1+-0.34):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0005" title "gpubench, not f32", $d2 using 2:($1+0):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
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
E
$d2 << E
0 1079.39216 Z008
E
set yrange [0.6:-0.6]
set xrange [0:1295.2706]
unset ytics
unset xtics
set lmargin 2
set label "Z009zzzzzzzzzzzzzzzzzzzzz" at 0,-0.28 left tc rgb "#0a0000"
set xlabel "TFLOP/s, counting 2N³ for each"
set grid noytics
set key below vertical maxrows 4 left
plot $d2 using (0):1:(0):2:($1+0.05):($1+0.36) with boxxyerror fs solid noborder lc rgb "#0a0005" title "gpubench, not f32", $d2 using 2:($1+0.21):3 with labels left offset 0.6,0 tc rgb "#0a0000" notitle
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
1 7.835916
2 8.320413
3 8.09513
4 8.240684
5 8.157977
6 8.060516
7 8.058686
8 8.110705
9 8.078551
10 8.220241
11 8.204443
12 8.066182
E
$t << E
1 7.835916
2 8.320413
3 8.09513
4 8.240684
5 8.157977
6 8.060516
7 8.058686
8 8.110705
9 8.078551
10 8.220241
11 8.204443
12 8.066182
E
$c << E
1 1529.39668
2 1468.27495
3 1507.66827
4 1444.6988
5 1459.82616
6 1440
7 1455.16869
8 1460.01707
9 1447.5386
10 1469.83513
11 1475.00004
12 1455.12628
E
set xrange [0.5:12.5]
set border 3
set multiplot
set lmargin 11
set rmargin 2
set tmargin at screen 0.90
set bmargin at screen 0.47
set format x ""
set yrange [7.7874663:8.3688627]
set ytics 0.2 textcolor rgb "#0a0000"
set ylabel "Z010"
set key above horizontal left
plot 8.149117 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "median", $s using 1:2 with linespoints lw 1.2 pt 7 ps 0.5 lc rgb "#0a0003" title "time", $t using 1:2 with points pt 6 ps 1.1 lw 1.5 lc rgb "#0a0006" title "clock held back"
set tmargin at screen 0.40
set bmargin at screen 0.16
set format x "%g"
set xlabel "sample"
set ylabel "SM MHz"
unset key
set yrange [1431.06033:1538.33634]
set ytics 50 textcolor rgb "#0a0000"
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
1 7.835916
2 8.320413
3 8.09513
4 8.240684
5 8.157977
6 8.060516
7 8.058686
8 8.110705
9 8.078551
10 8.220241
11 8.204443
12 8.066182
E
$t << E
1 7.835916
2 8.320413
3 8.09513
4 8.240684
5 8.157977
6 8.060516
7 8.058686
8 8.110705
9 8.078551
10 8.220241
11 8.204443
12 8.066182
E
$c << E
1 1529.39668
2 1468.27495
3 1507.66827
4 1444.6988
5 1459.82616
6 1440
7 1455.16869
8 1460.01707
9 1447.5386
10 1469.83513
11 1475.00004
12 1455.12628
E
set xrange [0.5:12.5]
set border 3
set multiplot
set lmargin 10
set rmargin 2
set tmargin at screen 0.83
set bmargin at screen 0.47
set format x ""
set yrange [7.7874663:8.3688627]
set ytics 0.2 textcolor rgb "#0a0000"
set ylabel "Z011"
set key above horizontal left
plot 8.149117 with lines lw 1 dt (6,4) lc rgb "#0a0002" title "median", $s using 1:2 with linespoints lw 1.2 pt 7 ps 0.5 lc rgb "#0a0003" title "time", $t using 1:2 with points pt 6 ps 1.1 lw 1.5 lc rgb "#0a0006" title "clock held back"
set tmargin at screen 0.40
set bmargin at screen 0.16
set format x "%g"
set xlabel "sample"
set ylabel "SM MHz"
unset key
set yrange [1431.06033:1538.33634]
set ytics 50 textcolor rgb "#0a0000"
plot $c using 1:2 with steps lw 1.5 lc rgb "#0a0005" notitle
unset multiplot
reset
set terminal svg size 760,560 dynamic noenhanced font "sans-serif,13" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$flops << E
1.093 1295.64062
2.065 1249.58466
3.05 1277.32325
4.022 1250.07664
5.105 1258.7452
6.095 1271.79551
7.066 1250.47567
8.038 1248.73969
9.03 1268.13139
10.007 1243.71566
11.091 1258.38282
12.079 1272.42311
E
$sm_hz << E
1.093 1492.3
2.065 1459.5
3.05 1463.5
4.022 1460.3
5.105 1457.3
6.095 1445.9
7.066 1453.2
8.038 1453
9.03 1444.9
10.007 1450.6
11.091 1463.5
12.079 1446.3
E
$power_w << E
1.093 407.8
2.065 692.8
3.05 693.6
4.022 691.9
5.105 693
6.095 692
7.066 691.5
8.038 691.6
9.03 691.2
10.007 690.8
11.091 692.4
12.079 693.8
E
$temperature_c << E
1.093 50.2
2.065 55
3.05 55.8
4.022 56.3
5.105 56.4
6.095 56.3
7.066 56.7
8.038 56.7
9.03 56.6
10.007 56.7
11.091 56.8
12.079 56.7
E
$wrong << E
E
set border 3
set xrange [0:12.079]
set multiplot
set lmargin 11
set rmargin 2
set format x ""
set tmargin at screen 0.930
set bmargin at screen 0.785
set yrange [1238.52317:1300.83312]
set ytics 20 textcolor rgb "#0a0000"
set ylabel "Z012zzz"
plot $flops using 1:2 with lines lw 1.5 lc rgb "#0a0003" notitle
set tmargin at screen 0.735
set bmargin at screen 0.590
set yrange [1440.16:1497.04]
set ytics 20 textcolor rgb "#0a0000"
set ylabel "Z013zz"
plot $sm_hz using 1:2 with lines lw 1.5 lc rgb "#0a0005" notitle
set tmargin at screen 0.540
set bmargin at screen 0.395
set yrange [379.2:722.4]
set ytics 100 textcolor rgb "#0a0000"
set ylabel "Z014"
plot $power_w using 1:2 with lines lw 1.5 lc rgb "#0a0004" notitle
set tmargin at screen 0.345
set bmargin at screen 0.200
set format x "%g"
set xlabel "s"
set yrange [49.54:57.46]
set ytics 2 textcolor rgb "#0a0000"
set ylabel "Z015"
plot $temperature_c using 1:2 with lines lw 1.5 lc rgb "#0a0007" notitle
unset multiplot
reset
set terminal svg size 380,560 dynamic noenhanced font "sans-serif,12" rounded
set encoding utf8
set border 1 lc rgb "#0a0002"
set tics nomirror scale 0 textcolor rgb "#0a0000"
set key textcolor rgb "#0a0000" samplen 2 spacing 1.15 Left reverse
set xlabel textcolor rgb "#0a0000"
set ylabel textcolor rgb "#0a0000"
set grid lc rgb "#0a0001" lt 1 lw 1 dt solid back
$flops << E
1.093 1295.64062
2.065 1249.58466
3.05 1277.32325
4.022 1250.07664
5.105 1258.7452
6.095 1271.79551
7.066 1250.47567
8.038 1248.73969
9.03 1268.13139
10.007 1243.71566
11.091 1258.38282
12.079 1272.42311
E
$sm_hz << E
1.093 1492.3
2.065 1459.5
3.05 1463.5
4.022 1460.3
5.105 1457.3
6.095 1445.9
7.066 1453.2
8.038 1453
9.03 1444.9
10.007 1450.6
11.091 1463.5
12.079 1446.3
E
$power_w << E
1.093 407.8
2.065 692.8
3.05 693.6
4.022 691.9
5.105 693
6.095 692
7.066 691.5
8.038 691.6
9.03 691.2
10.007 690.8
11.091 692.4
12.079 693.8
E
$temperature_c << E
1.093 50.2
2.065 55
3.05 55.8
4.022 56.3
5.105 56.4
6.095 56.3
7.066 56.7
8.038 56.7
9.03 56.6
10.007 56.7
11.091 56.8
12.079 56.7
E
$wrong << E
E
set border 3
set xrange [0:12.079]
set multiplot
set lmargin 10
set rmargin 2
set format x ""
set tmargin at screen 0.930
set bmargin at screen 0.785
set yrange [1238.52317:1300.83312]
set ytics 20 textcolor rgb "#0a0000"
set ylabel "Z016zzz"
plot $flops using 1:2 with lines lw 1.5 lc rgb "#0a0003" notitle
set tmargin at screen 0.735
set bmargin at screen 0.590
set yrange [1440.16:1497.04]
set ytics 20 textcolor rgb "#0a0000"
set ylabel "Z017zz"
plot $sm_hz using 1:2 with lines lw 1.5 lc rgb "#0a0005" notitle
set tmargin at screen 0.540
set bmargin at screen 0.395
set yrange [379.2:722.4]
set ytics 100 textcolor rgb "#0a0000"
set ylabel "Z018"
plot $power_w using 1:2 with lines lw 1.5 lc rgb "#0a0004" notitle
set tmargin at screen 0.345
set bmargin at screen 0.200
set format x "%g"
set xlabel "s"
set yrange [49.54:57.46]
set ytics 2 textcolor rgb "#0a0000"
set ylabel "Z019"
plot $temperature_c using 1:2 with lines lw 1.5 lc rgb "#0a0007" notitle
unset multiplot

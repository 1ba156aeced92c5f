NVIDIA H100 (25 runs, 2026-11-24, on 4 hosts; shown is node0, which has most results · cc 9.0 · driver 580.159.04 · CUDA 13.0)

sum-aat at N = 10000
ffma-sm90 takes 39.92 ms, 50.10 TFLOP/s.
 50.1 ffma-sm90
                                                                           ééééé


Samples of ffma-sm90, sum-aat at N = 10000
3 samples in the order they were taken, 39.92 ms to 39.93 ms; the clock was 1980 MHz throughout.  █▁▅
 ms
                                                                           ééééé


NVIDIA H200 (40 runs, 2026-11-24, on 7 hosts; shown is GPU-1, which has most results · cc 9.0 · driver 580.159.04 · CUDA 13.0)

sum-aat at N = 10000
ffma-sm90 takes 20.01 ms, 99.93 TFLOP/s.
 99.9 ffma-sm90
                                                                           ééééé


Samples of ffma-sm90, sum-aat at N = 10000
3 samples in the order they were taken, 20.00 ms to 20.01 ms; the clock was 1980 MHz throughout.  █▁▅
 ms
                                                                           ééééé


7 cards of NVIDIA H200
gpu/sum-aat/f32/ffma-sm90/n=10000: fastest 16.04 ms, median 20.02 ms, slowest 26.01 ms (+29.9 % against the median). 2 outliers: node5 (+29.9 %), node7 (-19.9 %).
 -0.3 % -0.0 % +0.0 % +0.0 % +0.1 % -19.9 %, outlier +29.9 %, outlier node7 node
                                                                           ééééé


4 cards of NVIDIA H100
gpu/sum-aat/f32/ffma-sm90/n=10000: fastest 39.92 ms, median 39.95 ms, slowest 130.0 ms (+225.3 % against the median). No outlier.
 -0.1 % -0.0 % +0.0 % +225.3 % node0 node3 node6 node9
                                                                           ééééé

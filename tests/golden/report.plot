Example GPU (17 runs, 2026-11-21 to 2026-11-24, on 2 hosts; shown is node1, which has most results · cc 9.0 · driver 580.1)

sum-aat at N = 4096
Of 3 variants in f32, ffma is the fastest: 1.476 ms, 93.11 TFLOP/s, 2.13 times as fast as cublas-sgemm. In any arithmetic, the fastest is wgmma tf32: 738.0 µs, 186.2 TFLOP/s.
 93.1 1.75 43.6 186 ffma cublas-sgemm naive wgmma tf32
                                                                           ééééé


Speed against N, sum-aat in f32
2N³ divided by the time in TFLOP/s. A variant that computes one triangle of the symmetric product does half of 2N³, and so can exceed the peak.
 cublas-sgemm ffma naive
                                                                           ééééé


Speed against N, sum-aat in tf32
2N³ divided by the time in TFLOP/s.
 wgmma
                                                                           ééééé


Error against speed, sum-aat at N = 4096
The relative error of each variant's sum against float64. Lower is more accurate, further right is faster; hollow points are libraries. Most accurate here: naive.
 wgmma tf32 ffma naive cublas-sgemm tf32 f32
                                                                           ééééé


Samples of ffma, sum-aat at N = 4096
8 samples in the order they were taken, 1.475 ms to 1.481 ms; the clock was 1920 to 1980 MHz.  ▄█▃▁▆█▁▂
 ms
                                                                           ééééé


reduce at N = 4096
one-pass takes 24.99 µs, 2.685 TB/s.
 2685 one-pass
                                                                           ééééé


Samples of one-pass, reduce at N = 4096
8 samples in the order they were taken, 24.95 µs to 25.05 µs; the clock was 1920 to 1980 MHz.  ▄█▃▁▆█▁▂
 µs
                                                                           ééééé


GPU against CPU
How long a caller waits for one sum-aat in f32, and from which N the GPU is always faster.
 A on the GPU A copied once for 10 calls A copied each call, pinned A copied eac
                                                                           ééééé


Example CPU (6 runs, 2026-11-24, on node1 · cc 9.0 · driver 580.1)

sum-aat at N = 2048
openblas-syrk takes 8.588 ms, 2.000 TFLOP/s.
 2 openblas-syrk
                                                                           ééééé


Speed against N, sum-aat in f32
2N³ divided by the time in TFLOP/s.
 openblas-syrk
                                                                           ééééé


Samples of openblas-syrk, sum-aat at N = 2048
8 samples in the order they were taken, 8.574 ms to 8.607 ms.  ▄█▃▁▆█▁▂
 ms
                                                                           ééééé


2 cards of Example GPU
gpu/sum-aat/f32/cublas-sgemm/n=4096: fastest 3.149 ms, median 3.275 ms, slowest 3.401 ms (+3.8 % against the median). No outlier.
 -3.8 % +3.8 % node1 n<2>&"'|, =`\*_é
                                                                           ééééé

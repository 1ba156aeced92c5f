NVIDIA H200 (1 run, 2026-11-30, on vm · cc 9.0 · driver 580.159.04 · CUDA 13.0)

sum-aat at N = 16384
wgmma-sm90 takes 6.666 ms, 1.320 PFLOP/s.
 1320 wgmma-sm90 bf16
                                                                           ééééé


Samples of wgmma-sm90 bf16, sum-aat at N = 16384
12 samples in the order they were taken, 6.582 ms to 6.701 ms; the clock was 1442 to 1484 MHz.  ▁▁▄▂▄▇▆▆█▆▃▇
 ms
                                                                           ééééé


matmul at N = 16384
wgmma-symmetric-sm90 takes 8.149 ms, 1.079 PFLOP/s.
 1079 wgmma-symmetric-sm90 bf16
                                                                           ééééé


Samples of wgmma-symmetric-sm90 bf16, matmul at N = 16384
12 samples in the order they were taken, 7.836 ms to 8.320 ms; the clock was 1440 to 1529 MHz.  ▁█▅▇▆▄▄▅▅▇▇▄
 ms
                                                                           ééééé


Soak of vm, 2026-11-30T05:08: OK
1.257 PFLOP/s over 180 s, 25740 launches checked, 0 of them wrong.
 TFLOP/s
                                                                           ééééé

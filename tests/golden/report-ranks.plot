NVIDIA H200 (23 runs, 2026-11-30, on vm · 2 ranks on 1 host · processes of one host · each cc 9.0 · driver 580.159.04 · CUDA 13.0)

Scaling of sum-aat, wgmma-sm90 in f32-3xf16, without exchange
2 ranks have 100 % of the ideal strong scaling at N = 50000; 2 ranks have 100 % of the ideal weak scaling at N = 62996. Efficiency is the rate of a rank relative to that of the fewest ranks: strong, at the same N; weak, at an N that grows with the cube root of the ranks, which gives each the same work.
 strong, N = 50000 weak, from N = 50000
                                                                           ééééé


Scaling of sum-aat, wgmma-sm90 in f32-3xf16, ring
2 ranks have 96 % of the ideal strong scaling at N = 50000; 2 ranks have 96 % of the ideal weak scaling at N = 62996. Efficiency is the rate of a rank relative to that of the fewest ranks: strong, at the same N; weak, at an N that grows with the cube root of the ranks, which gives each the same work.
 strong, N = 50000 weak, from N = 50000
                                                                           ééééé


Scaling of sum-aat, moduli-13 in f64-int8, without exchange
2 ranks have 97 % of the ideal strong scaling at N = 30000; 2 ranks have 100 % of the ideal weak scaling at N = 37798. Efficiency is the rate of a rank relative to that of the fewest ranks: strong, at the same N; weak, at an N that grows with the cube root of the ranks, which gives each the same work.
 strong, N = 30000 weak, from N = 30000
                                                                           ééééé

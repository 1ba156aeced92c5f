# fakecuda.mk - a libcuda.so.1 that runs the portable and the ampere kernels on the CPU; included by the Makefile.
#
# $(OUT)/tests/fakecuda/libcuda.so.1 is built as the program beside it is, with or without sanitizers. kernel-check runs the
# kernels alone, under ASan and UBSan with the objects of build/asan, and under TSan.

CXX        = g++
CLANGXX    = $(CLANG:clang%=clang++%)
FAKECUDA   = tests/fakecuda
# As for the GPU: contraction off. FMA in hardware, or each multiply-add is a library call.
FAKE_FLAGS = -std=c++17 -O2 -g -fPIC -fvisibility=hidden -fno-omit-frame-pointer -Wall -Wextra -I. \
             -ffp-contract=off $(if $(filter x86_64,$(shell uname -m)),-march=x86-64-v3)
FAKE_CU    = $(FAKE_FLAGS) -Wno-unknown-pragmas -DGPUBENCH_ON_CPU -include tests/fakecuda/ampere_on_cpu.h

# ---- the runtime: never instrumented, it finds the sanitizers by itself

FAKE_RUNTIME = $(patsubst %.cc,build/obj/%.o,$(wildcard $(FAKECUDA)/*.cc))

build/obj/%.o: %.cc
	$(call say,CXX,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CXX) $(FAKE_FLAGS) -O3 -Wshadow -MMD -MP -c -o $@ $<

# ---- the kernels that run on the CPU: one C++ file each, which is the source and a line for each kernel in it

ON_CPU = $(PORTABLE) $(AMPERE)

build/gen/fakecuda/%.cc: kernels/%.cu $(FAKECUDA)/kernel_list.sh
	$(Q)mkdir -p $(@D)
	$(Q)$(FAKECUDA)/kernel_list.sh $< > $@

# $(call fake-kernels,folder,compiler,flags): the rule that compiles them into build/… folder; fake-objects are its products
define fake-kernels
$(1)/kernels/%.o: build/gen/fakecuda/%.cc
	$$(call say,CXX,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(2) $$(FAKE_CU) -DCUDA_CPU_SECTION='".cuda_shared.$$(subst /,.,$$*)"' $(3) -MMD -MP -c -o $$@ $$<
endef
fake-objects = $(ON_CPU:kernels/%.cu=$(1)/kernels/%.o)

.SECONDARY: $(ON_CPU:kernels/%.cu=build/gen/fakecuda/%.cc)

# ---- the driver, for the program

FAKE_DRIVER = $(patsubst %.c,$(OUT)/obj/%.o,$(wildcard $(FAKECUDA)/*.c))
$(FAKE_DRIVER): EXTRA += -fPIC -fvisibility=hidden

$(eval $(call fake-kernels,build/$(FAKECUDA),$$(CXX),-O3 -fno-gnu-unique))
$(eval $(call fake-kernels,build/asan/$(FAKECUDA),$$(CLANGXX),-O1 -g1 $$(ASAN)))

comma = ,

# NVIDIA's management library is another file beside it, of one source.
FAKE_NVML = $(OUT)/obj/$(FAKECUDA)/nvml.o

$(OUT)/$(FAKECUDA)/libnvidia-ml.so.1: $(FAKE_NVML)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(SANITIZE) -shared -Wl,-soname,libnvidia-ml.so.1 -o $@ $^

# So is NCCL, which calls the driver.
FAKE_NCCL = $(OUT)/obj/$(FAKECUDA)/nccl.o

$(OUT)/$(FAKECUDA)/libnccl.so.2: $(FAKE_NCCL) $(OUT)/$(FAKECUDA)/libcuda.so.1
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANITIZE) -shared -Wl,-soname,libnccl.so.2 -o $@ $^

# cuBLAS has a folder of its own, because most tests are of a machine without it.
FAKE_CUBLAS = $(OUT)/obj/$(FAKECUDA)/cublas.o

$(OUT)/$(FAKECUDA)/cublas/libcublas.so.13: $(FAKE_CUBLAS) $(OUT)/$(FAKECUDA)/libcuda.so.1
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(SANITIZE) -shared -Wl,-soname,libcublas.so.13 -o $@ $^ -lm

# Another cuBLAS, and cublasLt, only note how they are called.
NOTING_CUBLAS = $(OUT)/obj/$(FAKECUDA)/noting_cublas.o

$(OUT)/$(FAKECUDA)/notes/%.so.13: $(NOTING_CUBLAS)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(SANITIZE) -shared -Wl,-soname,$(@F) -o $@ $^

# A driver that is too old has a folder of its own; this one has no function at all.
$(OUT)/$(FAKECUDA)/empty/libcuda.so.1:
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -shared -Wl,-soname,libcuda.so.1 -o $@ -x c /dev/null

# The plugin of CUB has one too, which $GPUBENCH_PLUGINS names.
FAKE_CUB = $(OUT)/obj/$(FAKECUDA)/cub.o

$(OUT)/$(FAKECUDA)/cub/libgpubench-cub.so: $(FAKE_CUB)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(SANITIZE) -shared -o $@ $^

$(OUT)/$(FAKECUDA)/libcuda.so.1: | $(OUT)/$(FAKECUDA)/libnvidia-ml.so.1
$(OUT)/$(FAKECUDA)/libcuda.so.1: $(call fake-objects,$(OUT)/$(FAKECUDA)) $(filter-out $(FAKE_NVML) $(FAKE_NCCL) $(FAKE_CUBLAS) $(FAKE_CUB) $(NOTING_CUBLAS),$(FAKE_DRIVER)) $(FAKE_RUNTIME)
	$(call say,LINK,$@)
	$(Q)$(CXX) $(SANITIZE) -shared -Wl,-Bsymbolic $(if $(SANITIZE),,-Wl$(comma)-z$(comma)defs) -Wl,-soname,libcuda.so.1 -o $@ $^ -ldl -lpthread

# ---- the kernels alone, under sanitizers

CHECK_asan = -O1 -g1 $(ASAN)
CHECK_tsan = -O1 -g1 -fsanitize=thread -Xclang -mllvm -Xclang -tsan-distinguish-volatile=1

$(eval $(call fake-kernels,build/tsan/$(FAKECUDA),$$(CLANGXX),$$(CHECK_tsan)))

define kernel-check
build/tests/kernel-check.$(1)/libkernels.so: $(call fake-objects,build/$(1)/$(FAKECUDA)) $$(FAKE_RUNTIME) $(FAKECUDA)/fakecuda.mk
	$$(call say,LINK,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CLANGXX) $$(CHECK_$(1)) -shared -Wl,-Bsymbolic -Wl,-soname,libkernels.so -o $$@ $$(filter %.o,$$^)

# The check is instrumented too: kernels read their parameters and write some results on its stack.
build/tests/kernel-check.$(1)/kernel-check: $$(wildcard tests/kernels/*.cc tests/kernels/*.h) build/tests/kernel-check.$(1)/libkernels.so
	$$(call say,LINK,$$@)
	$$(Q)$$(CLANGXX) $$(CHECK_$(1)) $$(FAKE_FLAGS) -Wshadow -o $$@ $$(filter %.cc %.so,$$^) -Wl,-rpath,'$$$$ORIGIN'
endef
$(eval $(call kernel-check,asan))
$(eval $(call kernel-check,tsan))

# TSan needs no orders: it sees that nothing orders two accesses. Two workers, so that it sees blocks too.
kernel-check-programs: build/tests/kernel-check.asan/kernel-check build/tests/kernel-check.tsan/kernel-check
kernel-check: kernel-check-programs
	$(Q)FAKECUDA_WORKERS=2 ASAN_OPTIONS=$(SYMBOLIZER) build/tests/kernel-check.asan/kernel-check
	$(Q)FAKECUDA_WORKERS=2 FAKECUDA_ORDER=forward TSAN_OPTIONS=halt_on_error=1:$(SYMBOLIZER) \
		build/tests/kernel-check.tsan/kernel-check 33 129
SYMBOLIZER = external_symbolizer_path=$$(command -v addr2line)

# Each mistake of mutants.txt must be caught by that check. Compiling is most of the work: without optimization it takes a fifth.
mutants: kernel-check-programs $(FAKE_RUNTIME)
	$(Q)COMPILE_asan='$(CLANGXX) $(FAKE_CU) $(CHECK_asan) -O0' COMPILE_tsan='$(CLANGXX) $(FAKE_CU) $(CHECK_tsan) -O0' \
		CHECK_asan=build/tests/kernel-check.asan/kernel-check CHECK_tsan=build/tests/kernel-check.tsan/kernel-check \
		RUNTIME='$(FAKE_RUNTIME)' tests/kernels/mutants.sh

.PHONY: kernel-check kernel-check-programs mutants

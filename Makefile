# gpubench
#
# To run:
#   make run [N=4000] [DEVICE=gpu|cpu]   install missing packages, build, run the main job (on the GPU if there is one)
#   make                                 build build/gpubench, and with nvcc build/libgpubench-cub.so
#   make install [PREFIX=/usr/local] [DESTDIR=]
#   make ARCH=aarch64        the same for 64-bit Arm, in build/aarch64; needs Debian's crossbuild-essential-arm64
#
# To test:
#   make test [PARTS='plain sanitize servers lint aarch64']   install what the tests need, build, run all tests
#   make check-quick         unit tests and the main command tests, about a minute after a build
#   make test-programs       build the unit tests and the fake driver, and run nothing
#   make sanitize            tests under AddressSanitizer, UndefinedBehaviorSanitizer and LeakSanitizer
#   make lint                second compiler, folder order, formatting, cppcheck, shellcheck
#   make structure           print the folder graph; fail on an include or a call that points up, or a cycle
#   make check-format        fail if a source file is not formatted; make format formats them
#   make check-variant       verify one kernel on the simulated GPU: OP=matmul VARIANT=my-tile
#   make kernel-check        run the kernels on the CPU under ASan, UBSan and TSan
#   make mutants             plant mistakes in kernels, each of which kernel-check must find
#   make fuzz [FUZZ_SECONDS=60]          fuzz the reader of result files
#   make test PARTS=packages             test the image, the Debian package, the fleet script and the CI templates, as root
#
# To release:
#   make dist [ARCH=aarch64]             build/gpubench-VERSION-x86_64-linux.tar.gz, which needs glibc 2.28 and nothing else
#   make deb [ARCH=aarch64]              build/deb/gpubench_VERSION_amd64.deb
#   make image [PLATFORMS=linux/amd64,linux/arm64]     a container image, by docker, podman or buildah
#   make rootfs              the image's root file system as a tarball
#
# Generated and committed:
#   make man                 docs/gpubench.1
#   make source-map          docs/source.md, from docs/folders.txt and the first sentence of each source file
#   make machine-code        docs/machine-code-*.txt, the registers and spills of each kernel on older GPUs
#
#   make clean               remove build/, where everything built is
#
# V=1 shows the commands. `make run`, `make test`, `make sanitize` and `make lint` install Debian or Ubuntu packages, as root or
# through sudo (scripts/install-deps); nothing else does. NVCC= builds without the CUDA toolkit.

VERSION = 0.1.0

N      = 4000
DEVICE =
PREFIX = /usr/local

CC       = gcc
CFLAGS   = -O2 -g
CLANG    = clang-19
CUDA    ?= /usr/local/cuda
NVCC    ?= $(firstword $(wildcard $(CUDA)/bin/nvcc) $(shell command -v nvcc))
WARNINGS = -Wall -Wextra -Wshadow -Wconversion
LIBS     = -ljansson -lmd -lm -ldl -lpthread

# C is compiled into OUT: build, build/asan for the instrumented build, or build/ARCH. All embed the same device images.
OUT = build

# For another architecture, Debian's cross compiler builds with the libraries of a sysroot, and qemu runs the program where the
# build needs its output.
HOST := $(shell uname -m)
ARCH  = $(HOST)
ifneq ($(ARCH),$(HOST))
OUT     = build/$(ARCH)
CC      = $(ARCH)-linux-gnu-gcc
SYSROOT = build/sysroot/$(ARCH)
RUN     = qemu-$(ARCH)-static $(if $(SYSROOT),-L $(SYSROOT))
endif

# The compiler's own headers, then the sysroot's; a cross compiler would take those of this machine's release before.
ifdef SYSROOT
SYSROOT_LIB   = $(SYSROOT)/usr/lib/$(ARCH)-linux-gnu
SYSROOT_FLAGS = --sysroot=$(SYSROOT) -B$(SYSROOT_LIB) -L$(SYSROOT_LIB) -nostdinc -isystem $(shell $(CC) -print-file-name=include) \
	-isystem $(SYSROOT)/usr/include/$(ARCH)-linux-gnu -isystem $(SYSROOT)/usr/include
$(SYSROOT)/made: scripts/make/sysroot
	$(call say,SYSROOT,$(SYSROOT))
	$(Q)scripts/make/sysroot $(SYSROOT) $(ARCH)
	$(Q)touch $@
endif

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif

Q = $(if $(V),,@)
say = $(if $(V),,@printf '  %-8s%s\n' $(1) $(2))

# ---- the program

SOURCES = $(filter-out kernels/check/% bench/plugin/%,$(wildcard bench/*.c bench/*/*.c harness/*/*.c cpu/*/*.c kernels/*/*.c))
OBJECTS = $(SOURCES:%.c=$(OUT)/obj/%.o) $(patsubst %,$(OUT)/obj/%.o,image_table images texts)
PLUGIN  = $(if $(filter $(HOST),$(ARCH)),$(if $(NVCC),$(patsubst kernels/plugin/%.cu,build/libgpubench-%.so,$(wildcard kernels/plugin/*.cu))))

# One plugin for each MPI whose compiler is there: Debian's names, and the plain one elsewhere.
MPICC  ?= mpicc
MPI     = $(foreach mpi,openmpi mpich,$(if $(shell command -v mpicc.$(mpi)),build/libgpubench-mpi-$(mpi).so))
PLUGIN += $(if $(filter $(HOST),$(ARCH)),$(or $(MPI),$(if $(shell command -v $(MPICC)),build/libgpubench-mpi.so)))

EXTRA   = $(SANITIZE) $(SYSROOT_FLAGS) $(OLD_GLIBC)
# No path of the build machine is compiled in, so that two builds of one source have the same bytes.
COMPILE = $(CC) -std=gnu11 $(CFLAGS) $(WARNINGS) $(EXTRA) -I. -ffile-prefix-map=$(CURDIR)=.

all: $(OUT)/gpubench $(PLUGIN)

$(OUT)/gpubench: $(OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(EXTRA) $(RPATH) -o $@ $^ $(LIBS)

# The program of the tarball searches ../lib first, also for the libraries that a library needs.
build/dist/%/gpubench: RPATH = -Wl,--disable-new-dtags,-rpath,'$$ORIGIN/../lib'

$(OUT)/obj/%.o: %.c $(OUT)/obj/flags
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) -MMD -MP -c -o $@ $<

# Only this file is compiled again when the commit changes.
$(OUT)/obj/harness/result/tool.o: private EXTRA += -DGPUBENCH_VERSION='"$(VERSION)"' -DGPUBENCH_COMMIT='"$(COMMIT)"' -DGPUBENCH_DIRTY=$(DIRTY) \
	-DGPUBENCH_MADE=$(MADE)
$(OUT)/obj/harness/result/tool.o: build/gen/commit

# The commit is "unknown" outside git, and in a folder of another repository.
ifeq ($(shell git rev-parse --show-toplevel 2>/dev/null),$(shell pwd -P))
COMMIT := $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
DIRTY  := $(if $(shell git status --porcelain -- Makefile bench harness cpu kernels scripts),1,0)
else
COMMIT := unknown
DIRTY  := 0
endif

# A time before which this build cannot run: its commit's, or that of its files; not later than this machine's clock.
MADE := $(or $(SOURCE_DATE_EPOCH),$(shell \
	made=$$(git --git-dir=.git log -1 --format=%ct 2>/dev/null || stat -c %Y Makefile) now=$$(date +%s); echo $$((made < now ? made : now))))

# $(call stamp,text): rewrites the target only if its text changed, so that its dependents are rebuilt only then.
stamp = $(Q)mkdir -p $(@D); echo '$(1)' | cmp -s - $@ || echo '$(1)' > $@

build/gen/commit: FORCE
	$(call stamp,$(VERSION) $(COMMIT) $(DIRTY))

# Everything is compiled again when the flags change.
FLAGS := $(COMPILE)
$(OUT)/obj/flags: FORCE | $(addsuffix /made,$(SYSROOT))
	$(call stamp,$(FLAGS))
FORCE:

# ---- device images, embedded in the program: PTX by clang; cubins by nvcc, if it is installed

KERNELS  = $(filter-out kernels/plugin/%,$(wildcard kernels/*/*.cu kernels/*/*/*.cu))
HOPPER   = $(filter %_sm90.cu,$(KERNELS))
AMPERE   = $(filter %_sm80.cu,$(KERNELS))
PORTABLE = $(filter-out $(HOPPER) $(AMPERE),$(KERNELS))

IMAGES = $(PORTABLE:kernels/%.cu=build/images/%.portable.ptx) \
         $(AMPERE:kernels/%.cu=build/images/%.ampere.ptx) \
         $(HOPPER:kernels/%.cu=build/images/%.hopper.ptx) \
         $(if $(NVCC),$(KERNELS:kernels/%.cu=$(NATIVE)/%.native.fatbin))

# The PTX needs no CUDA toolkit. Its version is the lowest that has the instructions, because old drivers accept no newer one.
CLANG_FLAGS  = -x cuda --cuda-device-only --cuda-path=/nonexistent -nocudainc -nocudalib -std=c++17 -O3 \
               -ffp-contract=off -Wall -Wextra -I.
portable-ptx = --cuda-gpu-arch=sm_30  -Xclang -target-feature -Xclang +ptx60
ampere-ptx   = --cuda-gpu-arch=sm_80  -Xclang -target-feature -Xclang +ptx70
hopper-ptx   = --cuda-gpu-arch=sm_90a -Xclang -target-feature -Xclang +ptx80

define make-ptx
	$(call say,PTX,$@)
	$(Q)mkdir -p $(@D)
	@command -v $(CLANG) >/dev/null || { echo 'make: $(CLANG) compiles the GPU kernels and is missing; run scripts/install-deps build' >&2; exit 1; }
	$(Q)$(CLANG) $(CLANG_FLAGS) $($(1)-ptx) -MMD -MP -MT $@ -MF $@.d -S -o $@ $<
endef
build/images/%.portable.ptx: kernels/%.cu build/images/flags ; $(call make-ptx,portable)
build/images/%.ampere.ptx:   kernels/%.cu build/images/flags ; $(call make-ptx,ampere)
build/images/%.hopper.ptx:   kernels/%.cu build/images/flags ; $(call make-ptx,hopper)

# Cubins are built for these architectures, if this nvcc knows them; every other GPU uses the PTX. CUBINS=test builds only the
# architecture that the tests use; tests/run sets it in a tree without cubins.
CUBINS       ?= all
ARCHITECTURES = $(if $(filter test,$(CUBINS)),90,75 80 86 89 90 100 120)
NATIVE        = build/images$(if $(filter test,$(CUBINS)),-test)
known-to-nvcc = $(filter $(patsubst sm_%,%,$(shell $(NVCC) --list-gpu-code)),$(ARCHITECTURES))
gencode       = $(foreach cc,$(1),-gencode arch=compute_$(cc),code=sm_$(cc))

NVCC_FLAGS    = -std=c++17 -O3 -I. --threads 2

$(NATIVE)/%_sm90.native.fatbin: GENCODE = $(call gencode,90a)
$(NATIVE)/%_sm80.native.fatbin: GENCODE = $(call gencode,$(filter-out 75,$(known-to-nvcc)))
$(NATIVE)/%.native.fatbin: GENCODE = $(call gencode,$(known-to-nvcc))
$(NATIVE)/%.native.fatbin: kernels/%.cu $(NATIVE)/nvcc-flags
	$(call say,NVCC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(NVCC) $(NVCC_FLAGS) --fmad=false -MD -MP -MT $@ -MF $@.d -fatbin $(GENCODE) -o $@ $<

build/images/flags: FORCE
	$(call stamp,$(CLANG) $(CLANG_FLAGS))
$(NATIVE)/nvcc-flags build/gen/plugin-flags: FORCE
	$(call stamp,$(NVCC) $(NVCC_FLAGS) $(ARCHITECTURES))

build/gen/images: FORCE
	$(Q)mkdir -p $(@D); echo '$(IMAGES)' | cmp -s - $@ || { echo '$(IMAGES)' > $@; echo '$(images-say)'; }
images-say = $(if $(NVCC),GPU images: PTX by $(CLANG) and cubins by $(NVCC),No nvcc in $(CUDA)/bin or PATH: the GPU images are PTX alone and the driver compiles them at first use.)

build/gen/images.S build/gen/image_table.c &: scripts/make/embed-images build/gen/images $(IMAGES)
	$(call say,EMBED,build/gen/images.S)
	$(Q)scripts/make/embed-images build/gen $(IMAGES)

# The report's style sheet and the catalogue of references, as texts that end with a zero byte.
TEXTS = page_style:bench/report/style.css catalogue_embedded:results/reference/catalogue.tsv
build/gen/texts.S: $(foreach text,$(TEXTS),$(lastword $(subst :, ,$(text)))) Makefile
	$(Q)mkdir -p $(@D)
	$(Q)printf '    .section .rodata\n' > $@
	$(Q)for text in $(TEXTS); do printf '    .globl %s\n%s:\n    .incbin "%s"\n    .byte 0\n' "$${text%%:*}" "$${text%%:*}" "$${text#*:}"; done >> $@
	$(Q)printf '    .section .note.GNU-stack,"",@progbits\n' >> $@

$(OUT)/obj/texts.o $(OUT)/obj/images.o: $(OUT)/obj/%.o: build/gen/%.S
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -c -o $@ $<

$(OUT)/obj/image_table.o: build/gen/image_table.c kernels/device/images.h $(OUT)/obj/flags
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) -c -o $@ $<

# NVIDIA's C++ templates and runtime are in a plugin, which the program loads if it is present. A cubin also runs on later GPUs
# of its generation; the PTX is for all other GPUs.
PLUGIN_CUBINS = $(call gencode,$(filter 75 80 90 100 120,$(known-to-nvcc))) -gencode arch=compute_75,code=compute_75
build/libgpubench-%.so: kernels/plugin/%.cu build/gen/plugin-flags
	$(call say,NVCC,$@)
	$(Q)$(NVCC) $(NVCC_FLAGS) -MD -MP -MT $@ -MF build/gen/$(@F).d -shared -Xcompiler -fPIC,-fvisibility=hidden -cudart static \
		-Xlinker --exclude-libs,ALL $(PLUGIN_CUBINS) -o $@ $<

build/libgpubench-mpi-%.so: bench/plugin/mpi.c bench/plugin/transport.h
	$(call say,MPICC,$@)
	$(Q)mpicc.$* $(MPI_FLAGS) -o $@ $<
build/libgpubench-mpi.so: bench/plugin/mpi.c bench/plugin/transport.h
	$(call say,MPICC,$@)
	$(Q)$(MPICC) $(MPI_FLAGS) -o $@ $<
MPI_FLAGS = -std=gnu11 $(CFLAGS) $(WARNINGS) -I. -ffile-prefix-map=$(CURDIR)=. -shared -fPIC -fvisibility=hidden

# ---- unit tests: one Criterion program of all C files below tests/unit

UNIT_SOURCES = $(wildcard tests/unit/*.c tests/unit/*/*/*.c)
UNIT_OBJECTS = $(UNIT_SOURCES:%.c=$(OUT)/obj/%.o)

$(OUT)/tests/unit: $(UNIT_OBJECTS) $(filter-out $(OUT)/obj/bench/main.o,$(OBJECTS))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(EXTRA) -o $@ $^ -lcriterion $(LIBS)

# Programs that try the verifier and the gate themselves (tests/verify): scripts/check/verify-seeds, fault-table, verify-gate.
$(OUT)/tests/verify-%: $(OUT)/obj/tests/verify/%.o $(OUT)/obj/tests/unit/fake_backend.o $(filter-out $(OUT)/obj/bench/main.o,$(OBJECTS))
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(EXTRA) -o $@ $^ $(LIBS)

-include tests/fakecuda/fakecuda.mk
-include tests/unit/stand_ins.mk
-include tests/fuzz/fuzz.mk

# Compiles the portable PTX with the JIT compiler of an old driver (scripts/check/check-machine-code).
build/tests/jit_report: tests/machine_code/jit_report.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 $(CFLAGS) $(WARNINGS) -o $@ $< -ldl
jit-report: build/tests/jit_report $(filter %.portable.ptx,$(IMAGES))
machine-code: jit-report
	$(Q)scripts/check/check-machine-code 418 --write >/dev/null
	$(Q)scripts/check/check-machine-code 470 --write >/dev/null

FOR_TESTS = $(OUT)/gpubench $(OUT)/tests/unit $(OUT)/tests/verify-seeds $(OUT)/tests/verify-faults $(OUT)/tests/verify-faults_f64 $(OUT)/tests/verify-gate \
	$(STAND_INS) $(if $(filter $(HOST),$(ARCH)),$(OUT)/$(FAKECUDA)/libnccl.so.2 $(OUT)/$(FAKECUDA)/cublas/libcublas.so.13 \
	$(OUT)/$(FAKECUDA)/cub/libgpubench-cub.so $(OUT)/$(FAKECUDA)/empty/libcuda.so.1 \
	$(OUT)/$(FAKECUDA)/notes/libcublas.so.13 $(OUT)/$(FAKECUDA)/notes/libcublasLt.so.13)
test-programs: $(FOR_TESTS) $(PLUGIN)

# The instrumented build serves the second compiler, the sanitizers and the fuzzer. It uses -O1, because clang takes seven times
# as long to instrument a kernel that -O2 has unrolled.
ASAN = -fsanitize=address,undefined -fno-sanitize=function -fno-sanitize-recover=all -fno-omit-frame-pointer
IN_ASAN = @+$(MAKE) OUT=build/asan CC=$(CLANG) CXX=$(CLANGXX) CFLAGS='-O1 -g1' SANITIZE='-Werror $(ASAN)'
build/asan/obj/bench/%.o build/asan/obj/harness/%.o: EXTRA += -fsanitize=fuzzer-no-link

asan-programs:
	$(IN_ASAN) test-programs
second-compiler:
	$(IN_ASAN) objects
objects: $(OBJECTS) $(UNIT_OBJECTS) $(FAKE_DRIVER)

# With a toolkit, our declarations of the driver's interface are compared with NVIDIA's header, and of NCCL's where it has one.
driver-abi:
	$(Q)$(CC) -std=gnu11 $(WARNINGS) -Werror -I. -isystem $(dir $(NVCC))../include -fsyntax-only kernels/check/driver_abi.c kernels/check/nccl_abi.c

# ---- what people type

run:
	@scripts/install-deps build
	@$(MAKE) all
	@scripts/make/run-main-job $(OUT)/gpubench $(N) $(DEVICE)

# The parts of the tests that tests/run describes; `packages` runs only on request.
PARTS = plain sanitize servers lint aarch64
test:
	@scripts/install-deps build test $(filter aarch64 packages,$(PARTS))
	@scripts/make/fetch-servers
	@tests/run $(PARTS)

check-quick:
	@tests/run quick

check-variant: all test-programs
	$(Q)for n in 1 31 33 129 257; do \
		said=$$(LD_LIBRARY_PATH=$(OUT)/tests/fakecuda $(OUT)/gpubench gpu $$n --op $(OP) --variant '$(VARIANT)' \
			--samples 1 --no-save) || exit; \
		echo "$$said" | sed -n "s/^  verified */N = $$n: /p"; \
	done

sanitize:
	@scripts/install-deps build test
	@tests/run sanitize

lint:
	@scripts/install-deps build test
	@tests/run lint

FORMATTED = $(sort $(SOURCES) $(UNIT_SOURCES) $(wildcard $(foreach d,bench bench/* harness/* cpu/* kernels/* kernels/*/* tests/* tests/unit/*/*,$(addprefix $(d)/*.,c h cc cu cuh))))
format:
	clang-format-19 -i $(FORMATTED)
check-format:
	$(Q)mkdir -p build; clang-format-19 --dry-run -Werror $(FORMATTED) 2>build/format.log || \
		{ sed -n 's/:[0-9]*:[0-9]*: error:.*//p; /not found/p' build/format.log | sort -u; echo 'error: make format mends these'; exit 1; }

# Compares the includes and the objects' calls with the folder order of docs/folders.txt; writes the map of the source from it.
structure: objects
	$(Q)scripts/check/structure check --objects=$(OUT)/obj
source-map:
	$(Q)scripts/check/structure map > docs/source.md

# The program prints its manual page and its completions. docs/gpubench.1 is a copy for readers of the source.
SHELLS = bash zsh fish
$(OUT)/completions/%: $(OUT)/gpubench
	$(Q)mkdir -p $(@D); $(RUN) $< --print=$* > $@
$(OUT)/gpubench.1: $(OUT)/gpubench
	$(Q)$(RUN) $< --print=man > $@
docs/gpubench.1: $(OUT)/gpubench.1
	$(Q)cmp -s $< $@ || cp $< $@
man: docs/gpubench.1

ROOT = $(DESTDIR)$(PREFIX)
install: all $(OUT)/gpubench.1 $(SHELLS:%=$(OUT)/completions/%)
	install -D -m 755 $(OUT)/gpubench $(ROOT)/bin/gpubench
	$(if $(strip $(PLUGIN)),install -D -m 755 -t $(ROOT)/lib/gpubench $(PLUGIN))
	install -D -m 644 $(OUT)/gpubench.1 $(ROOT)/share/man/man1/gpubench.1
	install -D -m 644 $(OUT)/completions/bash $(ROOT)/share/bash-completion/completions/gpubench
	install -D -m 644 $(OUT)/completions/zsh $(ROOT)/share/zsh/site-functions/_gpubench
	install -D -m 644 $(OUT)/completions/fish $(ROOT)/share/fish/vendor_completions.d/gpubench.fish

# The tarball's program is compiled with the libraries of Debian 11, for any system with glibc 2.28 or newer. BUNDLE names the
# libraries that are built from source for it; with `BUNDLE=` it holds Debian 11's OpenBLAS and no libcurl: …-linux-unbundled.tar.gz.
BUNDLE = curl openblas
dist: $(PLUGIN)
	$(Q)$(MAKE) dist-files OUT=build/dist/$(ARCH) SYSROOT=build/sysroot/$(ARCH) OLD_GLIBC='-include scripts/package/old_glibc.h'
dist-files: $(OUT)/gpubench $(OUT)/gpubench.1 $(SHELLS:%=$(OUT)/completions/%) $(BUNDLE:%=bundle-%)
	$(Q)BUNDLE='$(BUNDLE)' scripts/package/dist $(VERSION) $(ARCH) $(PLUGIN)
bundle-%: $(SYSROOT)/made
	$(call say,BUNDLE,$(OUT)/$*)
	$(Q)scripts/package/bundle $* $(OUT)/$* $(ARCH)-linux-gnu $(CC) $(subst build/sysroot,$(CURDIR)/build/sysroot,$(SYSROOT_FLAGS))

deb:
	@$(if $(filter-out $(HOST),$(ARCH)),ARCHITECTURE=$(patsubst x86_64,amd64,$(patsubst aarch64,arm64,$(ARCH)))) scripts/package/deb

# scripts/package/image describes BASE_IMAGE, TARGET and the other settings.
image:
	@scripts/package/image $(VERSION)

# The image's root file system as a tarball of this machine's build, for runtimes without images and for
# scripts/gpu/container-trial.
ROOTFS = build/gpubench-$(VERSION)-rootfs.tar.gz
rootfs: all
	$(Q)rm -rf build/rootfs && $(MAKE) install DESTDIR=build/rootfs PREFIX=/usr/local && scripts/package/image-root build/rootfs
	$(Q)tar --owner=0 --group=0 --numeric-owner -C build/rootfs -c . | gzip -9n >$(ROOTFS)
	@echo "$(ROOTFS) ($$(du -h $(ROOTFS) | cut -f1))"

clean:
	rm -rf build

print-nvcc:
	@echo $(NVCC)

help:
	@sed '/^$$/q; s/^# \{0,1\}//' Makefile

.PHONY: all jit-report machine-code test-programs asan-programs second-compiler objects driver-abi run test check-quick check-variant sanitize lint format check-format \
        structure source-map man install dist dist-files deb image rootfs clean print-nvcc help FORCE

# The headers that each object was last compiled from.
-include $(shell [ ! -d build ] || find build -path build/fresh-root -prune -o -path build/sysroot -prune -o -path 'build/dist/*/curl' -prune -o -path 'build/dist/*/openblas' -prune -o -type f -name '*.d' -print)

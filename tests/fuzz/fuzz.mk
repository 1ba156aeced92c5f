# fuzz.mk - the reader of result files under libFuzzer (Debian: libclang-rt-19-dev); included by the Makefile.
#
#   make fuzz [FUZZ_SECONDS=60]    from the result files of this repository on; a finding is left in build/fuzz

FUZZ_SECONDS = 60
FUZZ_FLAGS   = -std=gnu11 -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -I.
FUZZ_SOURCES = tests/fuzz/fuzz_readings.c $(wildcard harness/*/*.c)

build/fuzz/fuzz_readings: $(FUZZ_SOURCES) $(wildcard harness/*/*.h) tests/fuzz/fuzz.mk
	$(call say,FUZZ,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ_FLAGS) -DGPUBENCH_VERSION='"fuzz"' -DGPUBENCH_COMMIT='"fuzz"' -DGPUBENCH_DIRTY=0 -o $@ $(FUZZ_SOURCES) $(LIBS)

# The seeds are small: a mutated half megabyte teaches nothing that ten kilobytes do not.
fuzz: build/fuzz/fuzz_readings
	$(Q)rm -rf build/fuzz/corpus build/fuzz/seeds; mkdir -p build/fuzz/corpus build/fuzz/seeds
	$(Q)find results/reference tests/fuzz/seeds -name '*.json' -size -9k -exec cp {} build/fuzz/seeds/ \;
	$(Q)cd build/fuzz && ./fuzz_readings -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=1024 -max_len=20000 \
		-print_final_stats=1 -dict=../../tests/fuzz/result.dict corpus seeds

.PHONY: fuzz

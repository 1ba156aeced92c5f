# fuzz.mk - the reader of result files under libFuzzer (Debian: libclang-rt-19-dev); included by the Makefile.
#
#   make fuzz [FUZZ_SECONDS=60]    from the result files of this repository on; a finding is left in build/fuzz

FUZZ_SECONDS = 60

# The objects are those of the instrumented build.
$(OUT)/fuzz_readings: $(OUT)/obj/tests/fuzz/fuzz_readings.o $(OUT)/obj/tests/fuzz/mutate.o $(filter-out $(OUT)/obj/bench/main.o,$(OBJECTS))
	$(call say,LINK,$@)
	$(Q)$(CC) $(EXTRA) -fsanitize=fuzzer -o $@ $^ $(LIBS)
fuzz-program:
	$(IN_ASAN) build/asan/fuzz_readings

# The seeds are small: a mutated half megabyte teaches nothing that ten kilobytes do not.
fuzz: fuzz-program
	$(Q)rm -rf build/fuzz/corpus build/fuzz/seeds; mkdir -p build/fuzz/corpus build/fuzz/seeds
	$(Q)find results/reference tests/fuzz/seeds -name '*.json' -size -9k -exec cp {} build/fuzz/seeds/ \;
	$(Q)cd build/fuzz && ../asan/fuzz_readings -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=1024 -max_len=20000 \
		-close_fd_mask=1 -print_final_stats=1 -dict=../../tests/fuzz/result.dict corpus seeds

.PHONY: fuzz fuzz-program

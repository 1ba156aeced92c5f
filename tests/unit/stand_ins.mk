# stand_ins.mk - BLAS libraries of plain loops, with and without faults, for the unit tests of cpu/blas; included by the Makefile.
#
# They lie in $(OUT)/tests/blas and are never instrumented. tests/cli/blas.c and openblas.c say what the definitions mean. Sums
# may be added in another order, so that loops become vector code; -ffast-math would also change the mode of rounding.

hash = \#
STAND_IN = $(CC) -O3 -fassociative-math -fno-signed-zeros -fno-trapping-math -w -shared -fPIC

# $(call stand-in,file,source,definitions)
define stand-in
STAND_INS += $(OUT)/tests/blas/$(1)
$(OUT)/tests/blas/$(1): tests/cli/$(2) tests/unit/stand_ins.mk
	$$(call say,LINK,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(STAND_IN) $(3) -o $$@ $$< -lpthread
endef
$(eval $(call stand-in,libopenblas.so,openblas.c,-DDOUBLE))
$(eval $(call stand-in,libsingle.so,openblas.c))
$(eval $(call stand-in,libplain.so.3.10.3,blas.c))
$(eval $(call stand-in,libaocl.so,blas.c,-DAOCL -DINT=int64_t))
$(eval $(call stand-in,libblis.so,blas.c,-DTHREADS))
$(eval $(call stand-in,libmkl.so,blas.c,-DMKL))
$(eval $(call stand-in,libnvpl.so,blas.c,-DNVPL))
$(eval $(call stand-in,libsuffix.so,blas.c,'-DNAME(x)=x$(hash)$(hash)_64_' -DINT=int64_t))
$(eval $(call stand-in,libhalf.so,blas.c,-DHALF))
$(eval $(call stand-in,libnosyrk.so,blas.c,-DNO_SYRK))
$(eval $(call stand-in,libwrong.so,blas.c,-DWRONG))
$(eval $(call stand-in,libfirst.so,blas.c,'-DSPOIL(c$(comma)n)=*(c)*=1.001f'))
$(eval $(call stand-in,libcrowded.so,blas.c,-DTHREADS '-DSPOIL(c$(comma)n)=*(c)*=threads>1?1.001f:1'))
$(eval $(call stand-in,libnodsyrk.so,blas.c,-Dcblas_dsyrk=other_dsyrk))
$(eval $(call stand-in,liblies.so,blas.c,-DTHREADS -DLIES))
$(eval $(call stand-in,libbusy.so,blas.c,-DBUSY))
$(eval $(call stand-in,libends.so,blas.c,'-DSTART=exit(0)'))
$(eval $(call stand-in,libaborts.so,blas.c,'-DSTART=fputs("no kernel\nfor it\n"$(comma) stderr)$(comma) abort()'))
$(eval $(call stand-in,libown.so,blas.c,'-DSTART=fputs("gpubench: no memory\n"$(comma) stderr)$(comma) abort()'))
$(eval $(call stand-in,libupward.so,blas.c,'-DCALL=fesetround(FE_UPWARD)'))
$(eval $(call stand-in,libflushes.so,blas.c,'-DCALL=flush_to_zero()'))
$(eval $(call stand-in,libidle.so,blas.c,-DIDLE))
$(eval $(call stand-in,libprints.so,blas.c,'-DCALL=puts("called")'))
$(eval $(call stand-in,libchecks.so,blas.c,'-DSTART=check_trial()'))
$(eval $(call stand-in,libhangs.so,blas.c,'-DSTART=pause()'))

$(OUT)/tests/unit: | $(STAND_INS)

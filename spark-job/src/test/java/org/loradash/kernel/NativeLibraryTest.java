package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NativeLibraryTest {
    private static final String AVX2 = "fpu sse4_2 fma f16c avx avx2 bmi1 bmi2";
    private static final String AVX512 = AVX2 + " avx512f avx512dq avx512cd avx512bw avx512vl";

    @Test
    void choosesAvx512WhereAllItsPartsAreThere() {
        assertThat(best(processor(AVX512))).isEqualTo("-onednn-avx512");
    }

    @Test
    void choosesAvx2WhereAPartOfAvx512IsMissing() {
        assertThat(best(processor(AVX512.replace("avx512vl", "")))).isEqualTo("-onednn-avx2");
        assertThat(best(processor(AVX2))).isEqualTo("-onednn-avx2");
    }

    @Test
    void choosesThePlainLibraryWithoutFusedMultiplication() {
        assertThat(best(processor(AVX2.replace("fma", "")))).isEmpty();
    }

    @Test
    void choosesThePlainLibraryForAnUnknownProcessor() {
        assertThat(best("")).isEmpty();
        assertThat(best("processor : 0\nFeatures : fp asimd\n")).isEmpty();
    }

    @Test
    void choosesWhatEveryProcessorCanRun() {
        assertThat(best(processor(AVX512) + processor(AVX2))).isEqualTo("-onednn-avx2");
    }

    @Test
    void doesNotTakeAFlagForAnotherThatItBegins() {
        assertThat(best(processor("fma4 f16c avx2_extra"))).isEmpty();
    }

    @Test
    void choosesAmongThoseOnTheClassPathWhichLeavesOutAvx512() {
        assertThat(NativeLibrary.extension(processor(AVX512))).isEqualTo("-onednn-avx2");
        assertThat(NativeLibrary.extension(processor(AVX512), variant -> false)).isEmpty();
    }

    private static String best(String cpuInformation) {
        return NativeLibrary.extension(cpuInformation, variant -> true);
    }

    private static String processor(String flags) {
        return "processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: " + flags + "\nvmx flags\t: vnmi\n\n";
    }
}

//! What the processor can do, as values that only asking it makes.
//!
//! A function compiled for an instruction set may only run where the processor has it. Whoever holds an [`Avx2`] or an [`Avx512`]
//! has the answer in hand: the fields are private to this file, and nothing here makes one without asking.

/// The processor has AVX2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Avx2(());

/// The processor has AVX-512 F.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Avx512(());

impl Avx2 {
    /// Asks the processor.
    pub(super) fn here() -> Option<Avx2> {
        std::arch::is_x86_feature_detected!("avx2").then_some(Avx2(()))
    }
}

impl Avx512 {
    /// Asks the processor.
    pub(super) fn here() -> Option<Avx512> {
        std::arch::is_x86_feature_detected!("avx512f").then_some(Avx512(()))
    }
}

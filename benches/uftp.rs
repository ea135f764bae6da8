//! A FlexOffer that says every ISP of a day one by one: written, read, checked.

use std::hint::black_box;
use std::sync::Arc;

use copperplate::uftp::message::{IspPower, Message, MessageType};
use copperplate::uftp::sample::{Scene, sample};
use copperplate::uftp::validate::Received;
use copperplate::uftp::xml;
use copperplate::units::Watts;
use criterion::Criterion;

/// The sample offer with one option of 96 different powers.
fn offer() -> Message {
    let mut message = sample(MessageType::FlexOffer);
    if let Message::FlexOffer(m) = &mut message {
        m.options.truncate(1);
        m.options[0].isps = (1..=96).map(|n| IspPower::new(Watts(-1_000 - i64::from(n)), n, 1)).collect();
    }
    message
}

/// The benchmarks of the protocol layer.
pub(crate) fn bench(c: &mut Criterion) {
    let message = Arc::new(offer());
    let text = xml::write(&message);
    let scene = Scene::before(MessageType::FlexOffer);
    let mut group = c.benchmark_group("uftp");
    group.bench_function("encode a 96-ISP FlexOffer", |b| b.iter(|| xml::write(black_box(&message))));
    group.bench_function("decode a 96-ISP FlexOffer", |b| b.iter(|| xml::read(black_box(text.as_bytes())).expect("valid")));
    group.bench_function("check a 96-ISP FlexOffer", |b| {
        let view = scene.view();
        b.iter(|| Received::in_process(Arc::clone(black_box(&message)), scene.sender_role).check(&view).expect("breaks no rule"))
    });
    group.finish();
}

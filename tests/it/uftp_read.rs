//! What the reader refuses, and what it says: every attribute and element of every sample message tampered with, one at a time.

use std::ops::Range;

use copperplate::uftp::message::{Message, MessageType};
use copperplate::uftp::sample::sample;
use copperplate::uftp::xml::{self, Problem};

/// An attribute in a text: the bytes of ` Name="value"` with its leading blank.
pub(crate) struct Attribute<'a> {
    pub(crate) name: &'a str,
    pub(crate) at: Range<usize>,
}

/// Attributes of a text as the writer lays them out, the XML declaration's left out.
pub(crate) fn attributes(text: &str) -> Vec<Attribute<'_>> {
    let body = text.find("?>").unwrap() + 2;
    let mut out = Vec::new();
    let mut at = body;
    while let Some(equals) = text[at..].find("=\"").map(|i| at + i) {
        let name = text[..equals].rfind(' ').unwrap() + 1;
        let end = equals + 2 + text[equals + 2..].find('"').unwrap() + 1;
        out.push(Attribute { name: &text[name..equals], at: name - 1..end });
        at = end;
    }
    out
}

pub(crate) fn without(text: &str, range: Range<usize>) -> String {
    format!("{}{}", &text[..range.start], &text[range.end..])
}

fn samples() -> impl Iterator<Item = (MessageType, Message, String)> {
    MessageType::all().map(|t| (t, sample(t), xml::write(&sample(t))))
}

fn problem(text: &str) -> Problem {
    xml::read(text.as_bytes()).expect_err(text).problem
}

#[test]
fn a_dropped_attribute_is_missed_or_optional() {
    let optional = [
        "RejectionReason",
        "EndPeriod",
        "IntradayRedispatchBy",
        "AGR-Domain",
        "Duration",
        "ContractID",
        "ServiceType",
        "Unsolicited",
        "FlexRequestMessageID",
        "FlexOfferMessageID",
        "D-PrognosisMessageID",
        "BaselineReference",
        "MinActivationFactor",
        "OptionReference",
        "ActivationFactor",
        "Penalty",
        "OrderReference",
        "PowerDeficiency",
        "DisputeReason",
        "RequestedPower",
        "AvailablePower",
        "OfferedPower",
        "OrderedPower",
        "Currency",
    ];
    for (t, message, text) in samples() {
        for a in attributes(&text) {
            match xml::read(without(&text, a.at.clone()).as_bytes()) {
                Ok(read) => {
                    assert!(optional.contains(&a.name), "{} reads without {}", t.name(), a.name);
                    // Written again, the attribute is gone or has its default, which may be what stood there.
                    let defaulted = ["Duration", "MinActivationFactor", "ActivationFactor", "Penalty", "PowerDeficiency"];
                    assert!(read != message || defaulted.contains(&a.name), "{} loses nothing with {}", t.name(), a.name);
                }
                Err(e) => assert!(matches!(&e.problem, Problem::MissingAttribute { name, .. } if *name == a.name), "{}: {e}", t.name()),
            }
        }
    }
}

#[test]
fn an_attribute_twice_is_refused() {
    for (t, _, text) in samples() {
        for a in attributes(&text) {
            let twice = format!("{}{}", &text[..a.at.end], &text[a.at.start..]);
            assert_eq!(problem(&twice), Problem::DuplicateAttribute { name: a.name.to_owned() }, "{}", t.name());
        }
    }
}

#[test]
fn an_unknown_attribute_is_refused() {
    for (t, _, text) in samples() {
        for a in attributes(&text) {
            let more = format!("{} Colour=\"red\"{}", &text[..a.at.end], &text[a.at.end..]);
            assert!(matches!(problem(&more), Problem::UnknownAttribute { name, .. } if name == "Colour"), "{}", t.name());
            let named = format!("{} xmlns=\"urn:x\"{}", &text[..a.at.end], &text[a.at.end..]);
            assert!(matches!(problem(&named), Problem::Namespace { .. }), "{}", t.name());
        }
    }
}

#[test]
fn the_order_of_attributes_means_nothing() {
    for (t, message, text) in samples() {
        let all = attributes(&text);
        for pair in all.windows(2).filter(|pair| pair[0].at.end == pair[1].at.start) {
            let (a, b) = (&text[pair[0].at.clone()], &text[pair[1].at.clone()]);
            let swapped = format!("{}{b}{a}{}", &text[..pair[0].at.start], &text[pair[1].at.end..]);
            assert_eq!(xml::read(swapped.as_bytes()).as_ref(), Ok(&message), "{}", t.name());
        }
    }
}

#[test]
fn elements_and_text_where_none_belong_are_refused() {
    for (t, _, text) in samples() {
        let end = text.trim_end().len();
        for (i, _) in text.match_indices(">\n").filter(|&(i, _)| i + 1 < end && !text[..i].ends_with('?')) {
            let insert = |what: &str| format!("{}{what}{}", &text[..=i], &text[i + 1..]);
            assert!(matches!(problem(&insert("word")), Problem::Text { .. }), "{}", t.name());
            assert!(matches!(problem(&insert("<![CDATA[ ]]>")), Problem::Text { .. }), "{}", t.name());
            let extra = problem(&insert("<Extra/>"));
            assert!(matches!(&extra, Problem::UnexpectedElement { name, .. } if name == "Extra"), "{}: {extra}", t.name());
            assert!(xml::read(insert("<!-- a remark -->").as_bytes()).is_ok(), "{}", t.name());
        }
    }
}

#[test]
fn a_text_cut_short_is_refused() {
    for (t, _, text) in samples() {
        for end in (0..text.trim_end().len()).filter(|&end| text.is_char_boundary(end)) {
            assert!(xml::read(&text.as_bytes()[..end]).is_err(), "{} up to {end}", t.name());
        }
    }
}

/// Texts a peer might send by mistake or malice, and the sentence it is told.
#[test]
fn refusals_say_where_and_why() {
    let ok = r#"<TestMessage Version="3.1.0" SenderDomain="agr.example.com" RecipientDomain="dso.example.com" TimeStamp="2026-03-09T07:00:00+01:00" MessageID="5eed0000-0000-4000-8000-000000000001" ConversationID="5eed0000-0000-4000-8000-000000000c00"/>"#;
    assert!(xml::read(ok.as_bytes()).is_ok());
    let change = |from: &str, to: &str| ok.replacen(from, to, 1).into_bytes();
    let offer = xml::write(&sample(MessageType::FlexOffer));
    let in_offer = |from: &str, to: &str| offer.replacen(from, to, 1).into_bytes();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("blanks", b"  \n ".to_vec()),
        ("no XML", b"hello".to_vec()),
        ("another root", b"<Hello/>".to_vec()),
        ("an envelope in place of a message", b"<SignedMessage/>".to_vec()),
        ("a default namespace", change("<TestMessage", "<TestMessage xmlns=\"urn:uftp\"")),
        ("a prefix", b"<u:TestMessage/>".to_vec()),
        ("a document type", [b"<!DOCTYPE TestMessage [<!ENTITY a \"b\">]>", ok.as_bytes()].concat()),
        ("a processing instruction", [b"<?php echo 1 ?>", ok.as_bytes()].concat()),
        ("another encoding", [b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>", ok.as_bytes()].concat()),
        ("a late declaration", [b"\n<?xml version=\"1.0\"?>", ok.as_bytes()].concat()),
        ("no UTF-8", [b"<TestMessage \xff", ok.as_bytes()].concat()),
        ("two messages", [ok.as_bytes(), ok.as_bytes()].concat()),
        ("words after the message", [ok.as_bytes(), b"thanks"].concat()),
        ("an unknown entity", change("agr.example.com", "&agr;")),
        ("an endless entity", change("agr.example.com", "&agr.example.com")),
        ("a forbidden character reference", change("agr.example.com", "&#0;")),
        ("'<' in a value", change("agr.example.com", "agr<example.com")),
        ("no quotes", change("\"agr.example.com\"", "agr.example.com")),
        ("no blank between attributes", change("\" RecipientDomain", "\"RecipientDomain")),
        ("not closed", ok.replace("/>", ">").into_bytes()),
        ("wrongly closed", ok.replace("/>", "></FlexOffer>").into_bytes()),
        ("a domain in capitals", change("agr.example.com", "AGR.example.com")),
        ("a short version", change("3.1.0", "3.1")),
        ("a UUID without hyphens", change("5eed0000-0000-4000-8000-000000000001", "5eed0000000040008000000000000001")),
        ("a day that does not exist", change("2026-03-09", "2026-02-30")),
        ("a power with a fraction", in_offer("Power=\"-4000\"", "Power=\"-4000.5\"")),
        ("a power beyond reason", in_offer("Power=\"-4000\"", "Power=\"-99999999999999999999\"")),
        ("an ISP number 0", in_offer("Start=\"68\"", "Start=\"0\"")),
        ("an ISP count 0", in_offer("Duration=\"4\"", "Duration=\"0\"")),
        ("a price with five decimals", in_offer("15.0000", "15.00001")),
        ("a factor above 1", in_offer("0.50", "1.01")),
        ("a currency in small letters", in_offer("EUR", "eur")),
        ("a zone of Asia", in_offer("Europe/Amsterdam", "Asia/Tokyo")),
        ("seconds as ISP length", in_offer("PT15M", "PT90S")),
        ("a flag in capitals", in_offer("Unsolicited=\"false\"", "Unsolicited=\"False\"")),
        ("an unknown attribute on line 4", in_offer("Power=\"-4000\"", "Power=\"-4000\" Disposition=\"Requested\"")),
        ("no option", in_offer(&offer[offer.find("  <OfferOption").unwrap()..offer.find("</FlexOffer").unwrap()], "")),
        ("an element of another message", in_offer("<OfferOption", "<FlexOrderStatus/><OfferOption")),
        (
            "a request's ISP without disposition",
            xml::write(&sample(MessageType::FlexRequest)).replacen(" Disposition=\"Available\"", "", 1).into_bytes(),
        ),
        ("deep nesting", [b"<FlexOffer>".repeat(5), b"<a>".repeat(100_000)].concat()),
        (
            "very many attributes",
            format!("<TestMessage {}/>", (0..100_000).map(|i| format!("a{i}=\"\" ")).collect::<String>()).into_bytes(),
        ),
        ("too long", vec![b' '; xml::MAX_BYTES + 1]),
    ];
    let said: String = cases
        .iter()
        .map(|(what, text)| format!("{what}\n    {}\n", xml::read(text).map_or_else(|e| e.to_string(), |m| format!("ACCEPTED {m:?}"))))
        .collect();
    insta::assert_snapshot!(said);
}

#[test]
fn the_tolerances_are_those_listed() {
    let read = |t: MessageType, from: &str, to: &str| {
        let text = xml::write(&sample(t));
        assert!(text.contains(from), "{from}");
        xml::read(text.replacen(from, to, 1).as_bytes())
    };
    let same = |t, from, to| assert_eq!(read(t, from, to), Ok(sample(t)), "{from} → {to}");
    same(MessageType::TestMessageResponse, " Version=", " Result=\"Accepted\" Version=");
    same(MessageType::TestMessage, "<?xml", "\u{FEFF}<?xml");
    same(MessageType::FlexOffer, "PT15M", " PT900S ");
    same(MessageType::FlexOffer, "Period=\"2026-03-10\"", "Period=\"2026-03-10+01:00\"");
    same(MessageType::FlexOffer, "Currency", "BaselineReference=\"\" Currency");
    same(MessageType::FlexOffer, "Unsolicited=\"false\"", "Unsolicited=\"0\"");
    same(MessageType::FlexOffer, "15.0000", "+15");
    same(MessageType::FlexOffer, "C-1", "C&#45;&#x31;");
    same(MessageType::FlexOffer, "SenderDomain=\"agr.example.com\"", "SenderDomain = 'agr.example.com'");
    assert!(read(MessageType::Metering, "E871685900012636543", "e8716859000126365").is_ok());
    assert!(read(MessageType::FlexOffer, "3.1.0", "3.0.0").is_ok());
    assert!(read(MessageType::FlexOffer, "+01:00", "").is_ok());
}

#[test]
fn messages_look_like_this() {
    for t in [
        MessageType::FlexRequest,
        MessageType::FlexOffer,
        MessageType::FlexOrder,
        MessageType::FlexSettlement,
        MessageType::DPrognosisResponse,
    ] {
        insta::assert_snapshot!(t.name(), xml::write(&sample(t)));
    }
}

/// An aggregator whose connections are all on no congestion point: the text of the specification has 0..n portfolios.
#[test]
fn a_view_without_congestion_points_is_read() {
    let Message::AgrPortfolioQueryResponse(mut answer) = sample(MessageType::AgrPortfolioQueryResponse) else { unreachable!() };
    for view in &mut answer.dso_views {
        let points = view.dso_portfolios.drain(..).flat_map(|p| p.congestion_points);
        view.connections = points.flat_map(|cp| cp.connections).collect();
        assert!(!view.connections.is_empty());
    }
    let message = Message::from(answer);
    assert_eq!(xml::read(xml::write(&message).as_bytes()).expect("what we write we can read"), message);
}

/// Declarations that put no name into a namespace are passed over, wherever they stand; whatever has a prefix is refused.
#[test]
fn namespaces_that_nobody_uses_mean_nothing() {
    let xsi = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
    let passed = [
        "xmlns=\"\"".to_owned(),
        xsi.to_owned(),
        xsi.replace('"', "'"),
        "xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:x-1.y=\"urn:x\" xmlns:\u{e9}=\"urn:y\"".to_owned(),
        "xmlns:xml=\"http://www.w3.org/XML/1998/namespace\"".to_owned(),
        format!("xsi:noNamespaceSchemaLocation=\"UFTP-agr.xsd\" {xsi}"),
        format!("{xsi} xsi:schemaLocation=\"urn:x x.xsd\" xsi:noNamespaceSchemaLocation=\"\""),
        "xmlns:i=\"http://www.w3.org/2001/XMLSchema&#45;instance\" i:schemaLocation=\"\"".to_owned(),
    ];
    let refused = [
        "xmlns=\"urn:x\"".to_owned(),
        "xmlns:x=\"\"".to_owned(),
        "xmlns:x=\"no name\"".to_owned(),
        "xmlns:=\"urn:x\"".to_owned(),
        "xmlns:1=\"urn:x\"".to_owned(),
        "xmlns:a:b=\"urn:x\"".to_owned(),
        "xmlns:xmlns=\"urn:x\"".to_owned(),
        "xmlns:xml=\"urn:x\"".to_owned(),
        "xmlns:x=\"http://www.w3.org/2000/xmlns/\"".to_owned(),
        "xmlns:x=\"urn:x\" x:hint=\"1\"".to_owned(),
        "xsi:noNamespaceSchemaLocation=\"UFTP-agr.xsd\"".to_owned(),
        "xmlns:xsi=\"urn:x\" xsi:schemaLocation=\"\"".to_owned(),
        format!("{xsi} xsi:nil=\"true\""),
        format!("{xsi} xsi:type=\"FlexOfferType\""),
        "xml:lang=\"en\"".to_owned(),
    ];
    for (t, message, text) in samples() {
        for place in [text.find(t.name()).unwrap() + t.name().len(), text.rfind(" Start=").unwrap_or(text.rfind(" MessageID=").unwrap())] {
            let with = |what: &str| format!("{} {what}{}", &text[..place], &text[place..]);
            for what in &passed {
                assert_eq!(xml::read(with(what).as_bytes()).as_ref(), Ok(&message), "{}: {what}", t.name());
            }
            for what in &refused {
                assert!(matches!(problem(&with(what)), Problem::Namespace { .. }), "{}: {what}", t.name());
            }
            let twice = format!("{xsi} {}", xsi.replace("urn:x", "urn:y"));
            assert!(matches!(problem(&with(&twice)), Problem::DuplicateAttribute { .. }), "{}", t.name());
            let by_two = format!("{xsi} {} a:schemaLocation=\"\" xsi:schemaLocation=\"\"", xsi.replace(":xsi", ":a"));
            assert!(matches!(problem(&with(&by_two)), Problem::DuplicateAttribute { .. }), "{}", t.name());
        }
    }
}

/// What a prefix means ends with the element that declares it.
#[test]
fn a_prefix_ends_with_its_element() {
    let text = xml::write(&sample(MessageType::FlexOffer));
    let at = text.find("<OfferOption").unwrap() + "<OfferOption".len();
    let within = format!("{} xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\"{}", &text[..at], &text[at..]);
    let isp = within.find("<ISP").unwrap() + "<ISP".len();
    let used = format!("{} i:schemaLocation=\"\"{}", &within[..isp], &within[isp..]);
    assert!(xml::read(used.as_bytes()).is_ok());
    let second = within.rfind("<OfferOption").unwrap() + "<OfferOption".len();
    let outside = format!("{} i:schemaLocation=\"\"{}", &within[..second], &within[second..]);
    assert!(matches!(problem(&outside), Problem::Namespace { .. }));
}

/// One byte-order mark is passed over; a second one, and blanks that XML does not have, are refused wherever they stand.
#[test]
fn marks_and_blanks_are_those_of_xml() {
    for (t, message, text) in samples() {
        assert_eq!(xml::read(format!("\u{feff}{text}").as_bytes()).as_ref(), Ok(&message), "{}", t.name());
        for marks in 2..5 {
            for text in [text.as_str(), "<a/>", "<é/>"] {
                let refused = xml::read(format!("{}{text}", "\u{feff}".repeat(marks)).as_bytes()).unwrap_err();
                assert!(refused.problem.to_string().contains("byte-order mark"), "{}: {marks} marks: {}", t.name(), refused.problem);
            }
        }
        let root = text.find(t.name()).unwrap() - 1;
        for blank in ["\u{c}", "\u{b}", "\u{a0}", "\u{85}"] {
            for place in [root, text.len(), root + 1 + t.name().len()] {
                let spoilt = format!("{}{blank}{}", &text[..place], &text[place..]);
                assert!(xml::read(spoilt.as_bytes()).is_err(), "{}: {blank:?} at {place}", t.name());
            }
        }
    }
}

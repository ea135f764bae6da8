//! What every page has: head, style, scripts, theme, the bar of strategies.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::chart::{Look, Style};

use super::figures::words;
use super::html::Html;
use super::picture::colour_rules;
use super::question::sample;

const CSS: &str = include_str!("page.css");
const PRINT: &str = include_str!("print.css");

/// Nothing may be loaded, whatever a name or a drawing holds.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/// Sets the stored theme and tells the style that scripts run, before anything is shown.
const EARLY: &str = "document.documentElement.classList.add('js');try{const t=localStorage.getItem('copperplate-theme');\
    if(t)document.documentElement.dataset.theme=t}catch{}";

/// A page in the making.
#[derive(Debug)]
pub(super) struct Page<'a> {
    /// Of the document.
    pub(super) title: &'a str,
    /// Above it.
    pub(super) kind: &'a str,
    /// Under it.
    pub(super) question: &'a str,
    /// A line of facts under the question.
    pub(super) facts: String,
    /// Names of the strategies.
    pub(super) strategies: Vec<&'a str>,
    /// Anchors and names of the sections.
    pub(super) sections: &'a [(&'a str, &'a str)],
    /// Colours of the drawings in the body.
    pub(super) colours: BTreeSet<String>,
    /// Data for the scripts.
    pub(super) data: Json,
    /// The scripts.
    pub(super) scripts: &'a [&'a str],
    /// The program.
    pub(super) program: &'a str,
}

impl Page<'_> {
    /// The document around `body`.
    pub(super) fn document(&self, body: Html) -> String {
        let mut h = Html::default();
        h.raw("<!DOCTYPE html>\n");
        h.el("html", &[("lang", "en")], |h| {
            h.el("head", &[], |h| self.head(h));
            h.el("body", &[], |h| {
                h.leaf("a", &[("class", "skip"), ("href", "#main")], "Skip to the results");
                h.el("header", &[], |h| self.header(h));
                self.bar(h);
                h.el("main", &[("id", "main")], |h| {
                    h.raw(&body.into_string());
                });
                h.el("footer", &[], |h| {
                    h.text(&format!("Made by {}. The page holds everything it shows and loads nothing.", self.program));
                });
                h.data("data", &self.data);
                for script in self.scripts {
                    h.el("script", &[], |h| {
                        h.raw("\n").raw(script);
                    });
                }
            });
        });
        h.into_string()
    }

    fn head(&self, h: &mut Html) {
        h.void("meta", &[("charset", "utf-8")]);
        h.void("meta", &[("name", "generator"), ("content", self.program)]);
        h.void("meta", &[("http-equiv", "Content-Security-Policy"), ("content", POLICY)]);
        h.void("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
        h.void("meta", &[("name", "color-scheme"), ("content", "light dark")]);
        h.void("link", &[("rel", "icon"), ("href", "data:,")]);
        h.leaf("title", &[], self.title);
        h.el("style", &[], |h| {
            h.raw("\n").raw(CSS).raw(&look_rules(&self.strategies)).raw(&colour_rules(&self.colours)).raw(PRINT);
        });
        h.el("script", &[], |h| {
            h.raw(EARLY);
        });
    }

    fn header(&self, h: &mut Html) {
        h.el("div", &[("class", "masthead")], |h| {
            h.leaf("p", &[("class", "kind")], self.kind);
            h.leaf("h1", &[], self.title);
            if !self.question.is_empty() {
                h.leaf("p", &[("class", "question")], self.question);
            }
            h.leaf("p", &[("class", "note")], &self.facts);
        });
        h.leaf("button", &[("type", "button"), ("id", "theme"), ("class", "js-only controls"), ("aria-pressed", "false")], "Dark");
    }

    /// Contents, and the switches that show and hide strategies everywhere at once.
    fn bar(&self, h: &mut Html) {
        h.el("div", &[("class", "bar controls")], |h| {
            h.el("nav", &[("aria-label", "Contents")], |h| {
                h.el("ul", &[], |h| {
                    for (id, name) in self.sections {
                        h.el("li", &[], |h| {
                            h.leaf("a", &[("href", &format!("#{id}"))], name);
                        });
                    }
                });
            });
            h.el("div", &[("class", "strategies js-only"), ("role", "group"), ("aria-label", "Strategies shown")], |h| {
                for (k, name) in self.strategies.iter().enumerate() {
                    let attributes = [
                        ("type", "button"),
                        ("aria-pressed", "true"),
                        ("data-strategy", &k.to_string()),
                        ("title", "Show or hide this strategy everywhere"),
                    ];
                    h.el("button", &attributes, |h| {
                        sample(h, k);
                        h.text(&words(name));
                    });
                }
            });
        });
    }
}

/// The strategies' colours and dashes as charts have them: variables `--s0` …, lines of the class `l0` …, and how each hides.
fn look_rules(strategies: &[&str]) -> String {
    let (light, dark) = (Style::light().looks(strategies), Style::dark().looks(strategies));
    let dash =
        |l: &Look| if l.dash.is_empty() { "none".to_owned() } else { l.dash.iter().map(f64::to_string).collect::<Vec<_>>().join(" ") };
    let rule = |(k, (l, d)): (usize, (&Look, &Look))| {
        format!(
            ":root{{--s{k}:light-dark({},{})}}.l{k}{{stroke:var(--s{k});fill:none;stroke-dasharray:{}}}.b{k}{{fill:var(--s{k})}}\
             @media screen{{.hide{k} .s{k}{{display:none!important}}}}\n",
            l.colour.hex(),
            d.colour.hex(),
            dash(l)
        )
    };
    light.iter().zip(&dark).enumerate().map(rule).collect()
}

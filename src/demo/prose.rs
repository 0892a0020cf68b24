//! Sentences put together: messages, notes, and the long things that people paste.

use chrono::{NaiveDateTime, TimeDelta};

use super::{
    dice::Dice,
    vocabulary::{Country, Prose, Vocabulary},
};

/// One of `sentences`, with its blanks filled.
pub(super) fn sentence(dice: &mut Dice, sentences: &[String], country: &Country) -> String {
    let sentence = dice.word(sentences);
    fill_blanks(dice, sentence, country)
}

fn fill_blanks(dice: &mut Dice, sentence: &str, country: &Country) -> String {
    if !sentence.contains('{') {
        return sentence.to_owned();
    }
    sentence.replace("{n}", &dice.between(2, 99).to_string()).replace("{town}", dice.word(&country.towns))
}

/// `count` sentences, now and then with a line break between. None comes again before all have been used.
pub(super) fn paragraph(dice: &mut Dice, sentences: &[String], country: &Country, count: i64) -> String {
    let mut text = String::new();
    let mut unused = Vec::new();
    for _ in 0..count {
        if unused.is_empty() {
            unused.extend(sentences);
        }
        if !text.is_empty() {
            text.push_str(dice.pick([" ", " ", " ", "\n", "\n\n", "\r\n"]));
        }
        let sentence = dice.take(&mut unused).map_or("", String::as_str);
        text.push_str(&fill_blanks(dice, sentence, country));
    }
    text
}

/// What a customer writes: their own language, or English.
pub(super) fn message(dice: &mut Dice, prose: &Prose, country: &Country) -> String {
    let length = dice.between(1, 4);
    if dice.chance(55) {
        let own = paragraph(dice, &country.says, country, length.min(2));
        return format!("{own}{}", dice.pick(["", "", "", " 😡", " 🙏🏽", " 🤷‍♀️"]));
    }
    paragraph(dice, &prose.customer, country, length)
}

/// What staff answer.
pub(super) fn answer(dice: &mut Dice, prose: &Prose, country: &Country, customer: &str, agent: &str) -> String {
    let length = dice.between(1, 4);
    let body = paragraph(dice, &prose.agent, country, length);
    let farewell = dice.pick(["Kind regards,", "Best wishes", "— "]);
    format!("Hello {customer},\n\n{body}\n\n{farewell}\n{agent}")
}

/// A pasted thing of at least `size` bytes, from before `end`: a router's log or a thread of mails.
pub(super) fn paste(dice: &mut Dice, words: &Vocabulary, country: &Country, end: NaiveDateTime, size: usize) -> String {
    if dice.chance(60) {
        log(dice, &words.prose, country, end, size)
    } else {
        thread(dice, &words.prose, country, end, size)
    }
}

fn log(dice: &mut Dice, prose: &Prose, country: &Country, end: NaiveDateTime, size: usize) -> String {
    let mut text = "Log of the router, as the customer sent it:\r\n".to_owned();
    let mut at = end - TimeDelta::days(3);
    while text.len() < size {
        let line = sentence(dice, &prose.log, country);
        text.push_str(&format!("{at} {line}\r\n"));
        at += TimeDelta::seconds(dice.between(1, 900));
    }
    text
}

fn thread(dice: &mut Dice, prose: &Prose, country: &Country, end: NaiveDateTime, size: usize) -> String {
    let mut text = String::new();
    let mut at = end;
    let mut depth = 0;
    while text.len() < size {
        let writer = country.person(dice).full;
        let mark = "> ".repeat(depth % 9);
        text.push_str(&format!("{mark}On {at} UTC, \"{writer}\" wrote:\n"));
        let count = dice.between(3, 8);
        for line in paragraph(dice, &prose.customer, country, count).lines() {
            text.push_str(&format!("{mark}> {line}\n"));
        }
        let native = dice.word(&country.says);
        text.push_str(&format!("{mark}> \n{mark}> {native}\n"));
        at -= TimeDelta::minutes(dice.between(30, 5000));
        depth += 1;
    }
    text
}

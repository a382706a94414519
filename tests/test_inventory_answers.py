"""How operations were answered: news once, in little room."""

from __future__ import annotations

from sentinel.inventory.answers import SPARE, Answers


def test_the_first_answer_and_the_first_success_are_news() -> None:
    answers = Answers()
    answers.begin(7)
    told = [answers.is_news(7, outcome) for outcome in ("failure", "failure", "success", "success", "failure")]
    assert told == [True, False, True, False, False]
    assert answers.is_settled(7)
    assert not answers.is_settled(3), "never heard of"


def test_a_number_that_means_another_operation_begins_anew() -> None:
    answers = Answers()
    assert answers.is_news(2, "success")
    answers.give_up(2)
    assert answers.is_settled(2)
    answers.begin(2)
    assert answers.is_news(2, "success")


def test_what_was_given_up_takes_no_room() -> None:
    answers = Answers()
    for number in range(4 * SPARE):
        answers.begin(number)
        answers.is_news(number, "success")
        if number >= 100:
            answers.give_up(number - 100)
    assert len(answers) < 2 * SPARE
    assert answers.is_settled(4 * SPARE - 1)
    answers.begin(4 * SPARE)
    assert answers.is_news(4 * SPARE, "failure")

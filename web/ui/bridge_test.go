package ui_test

import (
	"testing"

	"github.com/saphan-network/saphan/web/ui"
)

func TestBridgeSaysEachReasonOnce(t *testing.T) {
	why := func(args ...any) ui.Text { return ui.T("policy.why.own", args...) }
	held := []ui.Text{ui.Say("x")}
	b := ui.Bridge{Rows: []ui.Crossing{
		{Label: ui.Say("kept"), Holds: held, Why: why()},
		{Label: ui.Say("leaves"), Holds: held, Leaves: held, Rule: why()},
		{Label: ui.Say("not there"), Why: why()},
		{Label: ui.Say("other words"), Holds: held, Why: why("n", 2)},
		{Label: ui.Say("other remedy"), Holds: held, Why: why(), Remedy: ui.Say("ask")},
		{Label: ui.Say("kept too"), Holds: held, Why: why()},
		{Label: ui.Say("by its rule"), Holds: held, Rule: why()},
	}}
	got := map[string][]string{}
	for _, s := range b.Staying() {
		for _, r := range s.Rows {
			got[s.Rows[0].Label.Plain] = append(got[s.Rows[0].Label.Plain], r.Label.Plain)
		}
	}
	if len(got) != 3 || len(got["kept"]) != 3 || len(got["other words"]) != 1 || len(got["other remedy"]) != 1 {
		t.Errorf("what stays: %v", got)
	}
	if b.Kept() != 5 || b.Count() != 1 || len(b.Leaving()) != 1 || len(b.Absent()) != 1 {
		t.Errorf("%d kept, %d leave, %d not there", b.Kept(), b.Count(), len(b.Absent()))
	}
	if n := (ui.Bridge{}); len(n.Staying()) != 0 || n.Kept() != 0 || len(n.Leaving()) != 0 {
		t.Error("an empty bridge has rows")
	}
}

func TestStepsKnowWhereOneStands(t *testing.T) {
	if s := (ui.Steps{{State: "done"}, {State: "next"}}); s.Now() != 0 || s.Current().Some() {
		t.Errorf("a step too early: %d", s.Now())
	}
	if s := (ui.Steps{{State: "done"}, {State: "now", Label: ui.Say("here")}}); s.Now() != 2 || s.Current().Plain != "here" {
		t.Errorf("not on the second step: %d", s.Now())
	}
}

package staffui_test

import (
	"testing"

	"github.com/saphan-network/saphan/web/staffui"
)

func TestOnlyAFailureLooksLikeOne(t *testing.T) {
	for outcome, tone := range map[string]string{
		"failed": "danger", "denied": "wait", "refused": "wait", "blocked": "wait",
		"ok": "done", "done": "done", "allowed": "done", "offered": "", "withdrawn": "", "": "",
	} {
		if got := (staffui.Line{Outcome: outcome}).Badge().Tone; got != tone {
			t.Errorf("%q has the tone %q, want %q", outcome, got, tone)
		}
	}
}

func TestAnActIsSaidInWords(t *testing.T) {
	for act, key := range map[string]string{
		"gate.decide": "ledger.what.decide", "gate.other": "ledger.what.decide", "referral.approve": "ledger.what.referral",
		"user.sign_in": "ledger.what.sign_in", "user.add": "ledger.what.user", "case.read": "ledger.what.case", "never heard of": "ledger.what.other",
	} {
		if got := (staffui.Line{Act: act}).Words().Key; got != key {
			t.Errorf("%q is said as %q, want %q", act, got, key)
		}
	}
	if got := (staffui.Line{Act: "move", Object: "case c1"}).Words().Key; got != "ledger.what.case" {
		t.Errorf("what is done to a case is said as %q", got)
	}
}

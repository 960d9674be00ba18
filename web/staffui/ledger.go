package staffui

import (
	"strings"

	"github.com/saphan-network/saphan/web/ui"
)

// Badge is the outcome as a badge. Much of what the ledger holds is neither a yes
// nor a no but the state that a thing has come to: that is never shown as a failure.
func (l Line) Badge() ui.Badge {
	switch l.Outcome {
	case "ok", "done":
		return ui.Badge{Tone: "done", Text: ui.T("ledger.outcome.ok")}
	case "allowed":
		return ui.Badge{Tone: "done", Icon: "send", Text: ui.T("ledger.outcome.allowed")}
	case "denied", "refused", "blocked":
		return ui.Badge{Tone: "wait", Icon: "ban", Text: ui.T("ledger.outcome.denied")}
	case "failed":
		return ui.Badge{Tone: "danger", Text: ui.T("ledger.outcome.failed")}
	}
	return ui.Badge{Text: ui.T("ledger.outcome.noted")}
}

// acts are the words for what was done, by the act or by the part before its dot;
// the act itself stands beside them, for those who look for it.
var acts = map[string]string{
	"referral": "ledger.what.referral", "offer": "ledger.what.offer",
	"gate.decide": "ledger.what.decide", "gate.clear": "ledger.what.clear", "gate": "ledger.what.decide",
	"gate.stop": "ledger.what.stopped", "gate.resume": "ledger.what.resumed",
	"rules": "ledger.what.rules", "rules.activate": "ledger.what.rules_in_force",
	"delivery": "ledger.what.delivery", "deliver": "ledger.what.delivery", "federation": "ledger.what.federation",
	"membership": "ledger.what.membership", "standing": "ledger.what.membership",
	"user": "ledger.what.user", "user.sign_in": "ledger.what.sign_in",
	"read-identity": "ledger.what.identity", "note": "ledger.what.note", "consent": "ledger.what.consent",
	"import": "ledger.what.import", "upload": "ledger.what.import", "decide": "ledger.what.import",
	"export-ledger": "ledger.what.copied",
}

// Words say what was done.
func (l Line) Words() ui.Text {
	if key, ok := acts[l.Act]; ok {
		return ui.T(key)
	}
	part, _, _ := strings.Cut(l.Act, ".")
	if key, ok := acts[part]; ok {
		return ui.T(key)
	}
	if part == "case" || strings.HasPrefix(l.Object, "case ") {
		return ui.T("ledger.what.case")
	}
	return ui.T("ledger.what.other")
}

// Choices are the acts to choose from, by code, each with what it means.
func Choices(acts []string) []ui.Option {
	out := make([]ui.Option, len(acts))
	for i, act := range acts {
		out[i] = ui.Option{Value: act, Label: ui.T("ledger.act.choice", "what", Line{Act: act}.Words(), "act", act)}
	}
	return out
}

// Who is the actor in words.
func (l Line) Who() ui.Text {
	switch l.Actor {
	case "system":
		return ui.T("ledger.by.system")
	case "anonymous":
		return ui.T("ledger.by.anonymous")
	case "unknown":
		return ui.T("ledger.by.unknown")
	}
	return ui.Say(l.Actor)
}

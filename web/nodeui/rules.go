package nodeui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

// RulesPage is our own rules in all their versions.
type RulesPage struct {
	Live     []RuleCard // in force; none: no rules of our own
	Waiting  []RuleCard
	Earlier  []RuleCard
	MayDraft bool
	Note     string
	Errors   ui.Errors
}

// Template is rules/list.
func (RulesPage) Template() string { return "rules/list" }

// RuleCard is one version in a list.
type RuleCard struct {
	Number  int64
	State   ui.Badge
	Note    string
	Rules   int
	By      string // who drafted it
	Decided string // who decided, "" where nobody has
	Since   time.Time
}

// RuleBadge is the state of a version as a badge.
func RuleBadge(state string) ui.Badge {
	tone := map[string]string{"draft": "neutral", "proposed": "wait", "active": "done", "superseded": "neutral", "rejected": "neutral"}[state]
	return ui.Badge{Tone: tone, Text: ui.T("rules.state." + state)}
}

// RuleSentence is one rule in words.
type RuleSentence struct {
	Name   string
	Text   ui.Text
	For    ui.Text   // the purpose, where the rule names one
	When   []ui.Text // conditions that must all hold; none: always
	Reason string
	Idle   string // "", dead or shadowed
	Code   string
}

// RuleEffect is one thing that changes.
type RuleEffect struct {
	Allows  bool
	Message bool
	What    ui.Text
	For     ui.Text
	Kinds   []ui.Text
	Members []string
	When    []ui.Text
	Partly  bool
}

// RuleImpact is all that follows from a set of rules.
type RuleImpact struct {
	Over      int64 // the version that it is compared with; 0: no rules of our own
	Effects   []RuleEffect
	Referrals int
	Messages  int
	Examples  int
	Failed    int
	Differ    bool
	Dead      int
	Shadowed  int
	Problems  []ui.Text
}

// Fit reports whether these rules can be put into force.
func (i RuleImpact) Fit() bool {
	return !i.Differ && i.Failed == 0 && i.Dead == 0 && len(i.Problems) == 0
}

// Opens reports whether something leaves that did not before.
func (i RuleImpact) Opens() bool {
	for _, e := range i.Effects {
		if e.Allows {
			return true
		}
	}
	return false
}

// RuleVersionPage is one version: what it says, what it changes, and what can be
// done with it.
type RuleVersionPage struct {
	Number, Revision int64
	Title            ui.Text
	State            ui.State
	Note, Answer, By string
	AnswerBy         string
	From             int64
	Rows             []RuleSentence
	Judged           bool // there is something to say of what would change
	Impact           RuleImpact
	Hash, Print      string
	Draft, Proposed  bool
	MayDraft         bool
	MayDecide        bool
	MayRefuse        bool
	MayAgain         bool
	Errors           ui.Errors
	AnswerText       string
}

// Template is rules/version.
func (RuleVersionPage) Template() string { return "rules/version" }

// RuleFormPage asks for one rule.
type RuleFormPage struct {
	Number, Revision                   int64
	Name                               string // of the rule that is changed; "" for a new one
	Who, Field, Purpose, Form          string
	Age, Consent, Openness, K          string
	Reason                             string
	Whom, Fields, Purposes, Forms, Few []ui.Option
	Ages, Consents, Levels             []ui.Option
	Looked                             []RuleSentence // the rule as it would read; none before it was looked at
	Impact                             RuleImpact
	Moved                              bool // somebody else changed the draft meanwhile
	MovedBy                            string
	Errors                             ui.Errors
}

// Template is rules/form.
func (RuleFormPage) Template() string { return "rules/form" }

func rulePages() []web.Entry {
	return []web.Entry{web.Of[RulesPage](), web.Of[RuleVersionPage](), web.Of[RuleFormPage]()}
}

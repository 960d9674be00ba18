package nodeui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

// PolicyPage is what may leave, to whom, in which form, and by which rules.
type PolicyPage struct {
	Hash       string // of the live rules, in groups; "" when there are none
	Since      time.Time
	Edition    int64        // version of our own rules; 0: none
	Kinds      []PolicyKind // of recipients, to choose one
	Chosen     ui.Text      // the one chosen, if any
	ChosenHint ui.Text
	Heads      []ui.Text // of the table's columns
	Groups     []PolicyGroup
	ByAge      bool // a rule tells children from adults
	Layers     []PolicyLayer
	Examples   int
	Failed     []PolicyFailure
}

// Template is policy/matrix.
func (PolicyPage) Template() string { return "policy/matrix" }

// Holding is how many of the rules' examples are answered as meant.
func (p PolicyPage) Holding() int { return p.Examples - len(p.Failed) }

// Wrong reports whether an example fails for another reason than that our own
// rules are stricter.
func (p PolicyPage) Wrong() bool {
	for _, f := range p.Failed {
		if !f.Stricter {
			return true
		}
	}
	return false
}

// Idle is how many rules change nothing, apart from those kept on purpose.
func (p PolicyPage) Idle() int { return p.count(func(r PolicyRule) bool { return r.Idle }) }

// Second is how many rules are kept as a second line, on purpose.
func (p PolicyPage) Second() int { return p.count(func(r PolicyRule) bool { return r.Second }) }

func (p PolicyPage) count(which func(PolicyRule) bool) int {
	n := 0
	for _, l := range p.Layers {
		for _, r := range l.Rules {
			if which(r) {
				n++
			}
		}
	}
	return n
}

// Levels are all answers, for the legend.
func (PolicyPage) Levels() []PolicyLevel { return []PolicyLevel{"full", "coarse", "special", "never"} }

// PolicyLevel is an answer: full, coarse, special, sealed or never.
type PolicyLevel string

// Word is the answer in a word.
func (l PolicyLevel) Word() ui.Text { return ui.T("policypage.level." + string(l)) }

// Says explains the answer.
func (l PolicyLevel) Says() ui.Text { return ui.T("policypage.says." + string(l)) }

// Icon is the answer's mark.
func (l PolicyLevel) Icon() string {
	return map[PolicyLevel]string{"full": "send", "coarse": "blur", "special": "hand", "sealed": "seal"}[l]
}

// PolicyKind is a kind of recipient to choose.
type PolicyKind struct {
	Name    ui.Text
	Href    string
	Current bool
}

// PolicyGroup is the fields about one thing.
type PolicyGroup struct {
	ID    string
	Title ui.Text
	Open  bool // shown without asking
	Rows  []PolicyRow
	Stays []PolicyStays
}

// Count is the number of fields.
func (g PolicyGroup) Count() int {
	n := len(g.Rows)
	for _, s := range g.Stays {
		n += len(s.Fields)
	}
	return n
}

// PolicyStays are the fields of one class that reach none of the recipients shown.
type PolicyStays struct {
	Class  string
	Level  PolicyLevel
	Fields []PolicyLink
}

// PolicyLink leads to what is said of one field.
type PolicyLink struct {
	Field ui.Text
	Href  string
}

// PolicyRow is one field on its way to each kind of recipient.
type PolicyRow struct {
	Field  ui.Text
	Class  string
	Href   string
	Leaves []ui.Text // what it is made into, the finest first
	Cells  []PolicyCell
	Rest   []ui.Text // the kinds that it never reaches
}

// PolicyCell is the answer for one field and one kind of recipient.
type PolicyCell struct {
	Level   PolicyLevel
	Adults  bool // only of adults
	Kind    ui.Text
	Hint    ui.Text // who that is
	Href    string  // the page that says why
	Current bool
}

// PolicyLayer is the rules of one origin.
type PolicyLayer struct {
	ID          string // floor, network, own
	Title, Text ui.Text
	Rules       []PolicyRule
	Idle        int // how many of them change nothing
}

// PolicyRule is one rule.
type PolicyRule struct {
	Text   ui.Text
	Code   string    // as it is hashed
	About  []ui.Text // of a rule of our own: for whom, which field, when
	Idle   bool      // changes nothing
	Second bool      // changes nothing, and is kept on purpose
}

// PolicyFailure is an example that is answered otherwise than meant.
type PolicyFailure struct {
	Rule, Field, Kind, Want, Got ui.Text
	Stricter                     bool
}

// PolicyWhyPage says of one field why it leaves or stays, and, when a kind of
// recipient is asked about, by which rule and what is needed.
type PolicyWhyPage struct {
	Field            ui.Text
	Class            string
	ClassText        ui.Text
	Sensitive, Quasi bool
	Person, ByAge    bool // about a person; a rule tells children from adults
	Purpose          ui.Text
	Kinds            []PolicyCell

	Kind      ui.Text // asked about, if any
	KindHint  ui.Text
	Level     PolicyLevel
	Rule      ui.Text
	RuleText  string
	Layer     string // program, floor, network, own
	LayerText ui.Text
	Mixed     bool // a rule keeps it in although all that is needed holds
	Nearest   bool // the rule would let it out, to others
	Denies    bool // the rule keeps it in; Needs are when
	Needs     []PolicyNeed
	Why       ui.Text
	Remedy    ui.Text
	Instead   []ui.Text // kinds that it can reach

	Holds []ui.Text // a made-up value
	Steps []PolicyStep
	Notes []ui.Text
}

// Template is policy/why.
func (PolicyWhyPage) Template() string { return "policy/why" }

// PolicyNeed is one thing that must hold, and what happens if it does not.
type PolicyNeed struct{ Text, Why, Remedy ui.Text }

// PolicyStep is one way in which a value is made fit to leave, with an example.
type PolicyStep struct {
	Transform ui.Text
	Leaves    []ui.Text
}

func policyPages() []web.Entry { return []web.Entry{web.Of[PolicyPage](), web.Of[PolicyWhyPage]()} }

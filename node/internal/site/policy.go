package site

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// Rulebook tells what the live rules of this node let out, and to whom.
type Rulebook interface {
	Rulebook(ctx context.Context) (Rules, error)
}

// Rules is one set of rules with all that follows from it.
type Rules struct {
	Edition  int64    // version of our own rules; 0: none
	Hash     string   // of the snapshot; "" when there is none and nothing leaves
	Kinds    []string // of recipients: full, provisional, …, candidate, those that our own rules name, stranger
	Fields   []RuleField
	Reaches  []RuleReach
	Rows     []Rule
	Examples int           // of the rules, tried
	Failed   []RuleExample // those that are answered otherwise
	ByAge    bool          // a rule tells children from adults
}

// RuleField is one field of the registry.
type RuleField struct {
	Path, Class      string
	Sensitive, Quasi bool
	Notes            []string // message keys: what can make it coarser
	Lists            []string // vocabularies of its values
	Specimen         []string // a made-up value
	Steps            []RuleStep
}

// RuleStep is one transform, with what it makes of the specimen.
type RuleStep struct {
	Transform string // its message key
	Leaves    []string
}

// RuleReach is what becomes of a field on its way to a kind of recipient.
type RuleReach struct {
	Kind, Path, Purpose string
	Form                string // full, generalised, withheld
	Consent             int    // the least that is needed
	Adult               bool   // only of adults
	Mixed               bool   // a rule keeps it in although all that is needed holds
	Rule                string // id of the deciding rule, "" for a guard
	Key, Why, Remedy    string // message keys
	Stops               []RuleStop
}

// RuleStop is one thing that is needed, and what happens without it.
type RuleStop struct {
	Term        RuleTerm
	Why, Remedy string // message keys
}

// RuleTerm is a clause of a condition.
type RuleTerm struct {
	Attr, Op string
	N        int
}

// Rule is one rule.
type Rule struct {
	ID, Key, Text, Layer string
	Who                  string // role:…, wg:…, org:… or *
	Path                 string // the one field that it speaks of, if it is one
	Terms                []RuleTerm
	Idle                 string // "", dead or shadowed: it changes nothing
	Guard                bool   // of the floor: a second line, kept on purpose
}

// RuleExample is an example that is answered otherwise than the rules' makers meant.
type RuleExample struct {
	Rule, Kind, Path string
	Want, Got        string // message keys
	Stricter         bool   // a rule of our own keeps in what the network's would let out
}

// Policy serves the pages on what may leave, and why.
type Policy struct {
	app   *ginweb.App
	book  Rulebook
	may   clinic.Authority
	since time.Time
}

// NewPolicy makes the pages; since is when the rules were loaded.
func NewPolicy(app *ginweb.App, book Rulebook, may clinic.Authority, since time.Time) *Policy {
	return &Policy{app: app, book: book, may: may, since: since}
}

// Mount adds the routes.
func (p *Policy) Mount(g gin.IRouter) {
	in := g.Group("/policy", p.app.RequireUser())
	in.GET("", p.app.H(p.matrix))
	in.GET("/why", p.app.H(p.why))
}

// rules are the live ones, for those who may read them.
func (p *Policy) rules(c *gin.Context) (Rules, error) {
	u := p.app.User(c)
	who := clinic.Actor{UserID: u.ID, Roles: u.Roles, Active: u.ID != ""}
	if err := p.may.May(c.Request.Context(), who, "read", clinic.Object{Type: "policy"}); err != nil {
		return Rules{}, err
	}
	return p.book.Rulebook(c.Request.Context())
}

func (p *Policy) matrix(c *gin.Context) error {
	r, err := p.rules(c)
	if err != nil {
		return err
	}
	peer := c.Query("peer")
	if peer != "" && !slices.Contains(r.Kinds, peer) {
		return fault.Missing()
	}
	page := nodeui.PolicyPage{Edition: r.Edition, Hash: spaced(r.Hash), Since: p.since, ByAge: r.ByAge, Examples: r.Examples}
	if peer != "" {
		page.Chosen = kindText(peer)
		page.ChosenHint = kindHint(peer)
	}
	page.Kinds = append(page.Kinds, nodeui.PolicyKind{Name: ui.T("policypage.peer.all"), Href: "/policy", Current: peer == ""})
	var shown []string
	for _, k := range r.Kinds {
		page.Kinds = append(page.Kinds, nodeui.PolicyKind{Name: kindText(k), Href: "/policy?peer=" + url.QueryEscape(k), Current: k == peer})
		if k == peer || (peer == "" && common(k)) {
			shown = append(shown, k)
			page.Heads = append(page.Heads, kindText(k))
		}
	}
	page.Groups = groups(r, shown)
	page.Layers = layers(r)
	for _, f := range r.Failed {
		page.Failed = append(page.Failed, nodeui.PolicyFailure{Rule: ui.T("policy.rule." + f.Rule), Field: fieldText(f.Path), Kind: kindText(f.Kind),
			Want: ui.T(f.Want), Got: ui.T(f.Got), Stricter: f.Stricter})
	}
	return p.app.Show(c, http.StatusOK, "policypage.title", page)
}

func (p *Policy) why(c *gin.Context) error {
	r, err := p.rules(c)
	if err != nil {
		return err
	}
	path, peer := c.Query("field"), c.Query("peer")
	i := slices.IndexFunc(r.Fields, func(f RuleField) bool { return f.Path == path })
	if i < 0 || (peer != "" && !slices.Contains(r.Kinds, peer)) {
		return fault.Missing()
	}
	f := r.Fields[i]
	page := nodeui.PolicyWhyPage{Field: fieldText(path), Class: f.Class, Sensitive: f.Sensitive, Quasi: f.Quasi, ByAge: r.ByAge,
		Person: strings.HasPrefix(path, "referral/subject/") && len(f.Steps) > 0, ClassText: ui.T("policypage.class." + f.Class)}
	for _, one := range r.Reaches {
		if one.Path != path {
			continue
		}
		cell := cellOf(one, one.Kind == peer)
		page.Kinds = append(page.Kinds, cell)
		page.Purpose = ui.T("policy.purpose." + one.Purpose)
		if one.Kind == peer {
			answer(&page, r, one)
		}
	}
	page.Steps, page.Holds = stepsOf(f), specimenTexts(f)
	for _, n := range f.Notes {
		page.Notes = append(page.Notes, ui.T(n))
	}
	return p.app.Show(c, http.StatusOK, "policypage.why.title", page)
}

// answer fills in what concerns the one recipient asked about.
func answer(page *nodeui.PolicyWhyPage, r Rules, one RuleReach) {
	page.Mixed = one.Mixed
	page.Kind, page.KindHint, page.Level = kindText(one.Kind), kindHint(one.Kind), level(one)
	if one.Key != "" {
		page.Rule = ui.T(one.Key)
	}
	page.Layer = "program"
	if i := slices.IndexFunc(r.Rows, func(x Rule) bool { return x.ID == one.Rule }); i >= 0 {
		rule := r.Rows[i]
		page.Layer, page.RuleText = rule.Layer, rule.Text
		page.Needs = append(page.Needs, nodeui.PolicyNeed{Text: whoText(rule.Who)})
		switch {
		case one.Why == "policy.why.tier": // the nearest rule lets it out, to others
			page.Nearest = true
			page.Needs = append(page.Needs, nearest(r, one, rule)...)
		case one.Form == "withheld":
			page.Denies = true
			page.Needs = append(page.Needs, termNeeds(rule)...)
		}
	}
	if one.Why != "" {
		page.Why, page.Remedy = ui.T(one.Why), ui.T(one.Remedy)
	}
	for _, s := range one.Stops {
		page.Needs = append(page.Needs, nodeui.PolicyNeed{Text: termText(s.Term), Why: ui.T(s.Why), Remedy: ui.T(s.Remedy)})
	}
	page.LayerText = ui.T("policypage.layer." + page.Layer)
	for _, other := range r.Reaches {
		if one.Form == "withheld" && other.Path == one.Path && other.Form != "withheld" && common(other.Kind) {
			page.Instead = append(page.Instead, kindText(other.Kind))
		}
	}
}

// nearest is what the rule needs that lets the field out to others: what they
// need, floor included, or else what stands in the rule itself.
func nearest(r Rules, one RuleReach, rule Rule) []nodeui.PolicyNeed {
	var out []nodeui.PolicyNeed
	i := slices.IndexFunc(r.Reaches, func(x RuleReach) bool { return x.Path == one.Path && x.Rule == rule.ID && x.Form != "withheld" })
	if i < 0 {
		return termNeeds(rule)
	}
	for _, s := range r.Reaches[i].Stops {
		out = append(out, nodeui.PolicyNeed{Text: termText(s.Term)})
	}
	return out
}

func termNeeds(rule Rule) []nodeui.PolicyNeed {
	var out []nodeui.PolicyNeed
	for _, t := range rule.Terms {
		out = append(out, nodeui.PolicyNeed{Text: termText(t)})
	}
	return out
}

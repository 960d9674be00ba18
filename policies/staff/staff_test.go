package staff

import (
	"slices"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

func load(t *testing.T) *Policy {
	t.Helper()
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func person(roles ...string) clinic.Actor {
	return clinic.Actor{UserID: "u1", Roles: roles, Active: true}
}

// best is an object that everything speaks for.
func best(typ string) clinic.Object {
	return clinic.Object{Type: typ, ID: "x", Assigned: true, SameTeam: true, Open: true, Openness: 2, ConflictCleared: true, DraftedByAnother: true}
}

func TestNo(t *testing.T) {
	p := load(t)
	edit := func(typ string, f func(*clinic.Object)) clinic.Object { o := best(typ); f(&o); return o }
	sealed := edit("case", func(o *clinic.Object) { o.Openness, o.Compartment = 0, true })
	gone := func(a clinic.Actor) clinic.Actor { a.Active = false; return a }
	const forbidden, missing = fault.Forbidden, fault.NotFound
	for name, c := range map[string]struct {
		actor clinic.Actor
		act   string
		obj   clinic.Object
		want  fault.Kind
	}{
		"nobody":                                    {clinic.Actor{}, "read", best("case"), missing},
		"no roles":                                  {person(), "read", best("case"), missing},
		"no id":                                     {clinic.Actor{Roles: []string{"caseworker"}, Active: true}, "read", best("case"), missing},
		"inactive":                                  {gone(person("supervisor")), "read", best("case"), missing},
		"inactive admin":                            {gone(person("admin")), "manage", best("user"), forbidden},
		"a role of rules":                           {person("role:caseworker"), "read", best("case"), missing},
		"learner as a role":                         {person("learner"), "read", best("case"), missing},
		"system as a person":                        {person("system"), "read", best("case"), missing},
		"unknown act":                               {person("supervisor"), "delete", best("case"), forbidden},
		"star as act":                               {person("supervisor"), "*", best("case"), forbidden},
		"empty act":                                 {person("supervisor"), "", best("case"), forbidden},
		"unknown type":                              {person("admin"), "read", best("secret"), missing},
		"no type":                                   {person("admin"), "read", clinic.Object{}, missing},
		"admin reads a case":                        {person("admin"), "read", best("case"), missing},
		"admin lists cases":                         {person("admin"), "list", best("case"), forbidden},
		"admin who is supervisor too":               {person("admin", "supervisor"), "read", best("case"), missing},
		"admin reads a referral":                    {person("admin"), "read", best("referral"), missing},
		"admin reads the ledger":                    {person("admin"), "read", best("ledger"), forbidden},
		"auditor reads a case":                      {person("auditor"), "read", best("case"), missing},
		"auditor reads an offer":                    {person("auditor"), "read", best("offer"), missing},
		"auditor manages people":                    {person("auditor"), "manage", best("user"), forbidden},
		"network reads a case":                      {person("network"), "read", best("case"), missing},
		"secretary reads a case":                    {person("secretary"), "read", best("case"), missing},
		"caseworker manages people":                 {person("caseworker"), "manage", best("user"), forbidden},
		"caseworker reads the ledger":               {person("caseworker"), "read", best("ledger"), forbidden},
		"caseworker, another's case":                {person("caseworker"), "read", edit("case", func(o *clinic.Object) { o.Assigned = false }), missing},
		"caseworker, closed case":                   {person("caseworker"), "update", edit("case", func(o *clinic.Object) { o.Open = false }), forbidden},
		"caseworker assigns":                        {person("caseworker"), "assign", best("case"), forbidden},
		"caseworker closes":                         {person("caseworker"), "close", best("case"), forbidden},
		"supervisor, closed case":                   {person("supervisor"), "update", edit("case", func(o *clinic.Object) { o.Open = false }), forbidden},
		"caseworker reopens":                        {person("caseworker"), "reopen", best("case"), forbidden},
		"lawyer reopens":                            {person("lawyer"), "reopen", best("case"), forbidden},
		"intern reopens":                            {person("intern"), "reopen", best("case"), forbidden},
		"admin reopens":                             {person("admin"), "reopen", best("case"), missing},
		"system reopens":                            {clinic.System, "reopen", best("case"), forbidden},
		"supervisor reopens for another team":       {person("supervisor"), "reopen", edit("case", func(o *clinic.Object) { o.Assigned, o.SameTeam = false, false }), missing},
		"supervisor reopens what is sealed":         {person("supervisor"), "reopen", sealed, missing},
		"lawyer, another team":                      {person("lawyer"), "read", edit("case", func(o *clinic.Object) { o.Assigned, o.SameTeam = false, false }), missing},
		"lawyer, restricted":                        {person("lawyer"), "read", edit("case", func(o *clinic.Object) { o.Assigned, o.Openness = false, 1 }), missing},
		"intern reads who it is":                    {person("intern"), "read-identity", best("case"), forbidden},
		"intern who is caseworker":                  {person("intern", "caseworker"), "read-identity", best("case"), forbidden},
		"intern, restricted":                        {person("intern"), "read", edit("case", func(o *clinic.Object) { o.Openness = 1 }), missing},
		"volunteer drafts a referral":               {person("volunteer"), "draft", best("referral"), missing},
		"volunteer imports":                         {person("volunteer"), "import", best("register"), forbidden},
		"supervisor, sealed":                        {person("supervisor"), "read", sealed, missing},
		"lawyer, sealed":                            {person("lawyer"), "update", sealed, missing},
		"system, sealed":                            {clinic.System, "read", sealed, missing},
		"admin, sealed":                             {person("admin"), "read", sealed, missing},
		"auditor, sealed":                           {person("auditor"), "read", sealed, missing},
		"admin on the list of a compartment":        {person("admin"), "read", edit("case", func(o *clinic.Object) { o.Compartment, o.InCompartment = true, true }), missing},
		"openness unknown":                          {person("supervisor"), "read", edit("case", func(o *clinic.Object) { o.Openness = 0 }), missing},
		"nothing known":                             {person("supervisor"), "read", clinic.Object{Type: "case", ID: "x"}, missing},
		"approves the own draft":                    {person("supervisor"), "approve", edit("referral", func(o *clinic.Object) { o.DraftedByAnother = false }), forbidden},
		"approves without a conflict check":         {person("supervisor"), "approve", edit("referral", func(o *clinic.Object) { o.ConflictCleared = false }), forbidden},
		"approves in a closed case":                 {person("supervisor"), "approve", edit("referral", func(o *clinic.Object) { o.Open = false }), forbidden},
		"caseworker approves":                       {person("caseworker"), "approve", best("referral"), forbidden},
		"system approves":                           {clinic.System, "approve", best("referral"), forbidden},
		"supervisor approves for a team not theirs": {person("supervisor"), "approve", edit("referral", func(o *clinic.Object) { o.Assigned, o.SameTeam = false, false }), missing},
		"caseworker answers an offer":               {person("caseworker"), "answer", best("offer"), forbidden},
		"supervisor decides on members":             {person("supervisor"), "decide", best("membership"), forbidden},
		"admin suspends a member":                   {person("admin"), "suspend", best("membership"), forbidden},
	} {
		if err := p.May(t.Context(), c.actor, c.act, c.obj); !fault.Is(err, c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// TestSameAnswer: absent and forbidden are one answer, to the letter.
func TestSameAnswer(t *testing.T) {
	err := load(t).May(t.Context(), person("admin"), "read", best("case"))
	if err == nil || err.Error() != fault.Missing().Error() {
		t.Errorf("%v is not %v", err, fault.Missing())
	}
}

// expected says for cases and referrals, in other words than the rules, who may.
func expected(role, typ, act string, o clinic.Object) bool {
	learner := role == "intern" || role == "volunteer"
	worker := slices.Contains([]string{"caseworker", "lawyer", "supervisor"}, role)
	if typ == "case" && (act == "create" || act == "list") {
		return worker || role == "system" || learner && act == "list"
	}
	if o.Compartment && !o.InCompartment || !o.Compartment && o.Openness < 1 {
		return false
	}
	team := o.SameTeam && (role == "supervisor" || role == "lawyer") && (o.Openness == 2 || o.InCompartment && typ == "case")
	boss := role == "supervisor" && o.SameTeam && o.Openness == 2
	near := worker && (o.Assigned || team)
	mine := worker && o.Assigned || boss
	switch typ + " " + act {
	case "case read", "case note":
		return near || learner && o.Assigned && o.Openness == 2 || role == "system"
	case "case read-identity":
		return near
	case "case assign":
		return role == "supervisor" && (team || o.Assigned)
	case "case reopen":
		return role == "supervisor" && (boss || o.Assigned)
	case "case update", "case consent":
		return mine && o.Open || role == "system"
	case "case close":
		return o.Open && ((role == "lawyer" || role == "supervisor") && o.Assigned || boss)
	case "referral read":
		return near || role == "system"
	case "referral draft", "referral submit":
		return mine && o.Open
	case "referral send", "referral withdraw", "referral close":
		return mine || role == "system"
	case "referral approve":
		return o.DraftedByAnother && o.ConflictCleared && o.Open && (role == "lawyer" && o.Assigned || boss)
	}
	return false
}

func objects(typ string) []clinic.Object {
	var out []clinic.Object
	for bits := range 128 {
		on := func(i int) bool { return bits>>i&1 == 1 }
		for openness := range 3 {
			out = append(out, clinic.Object{Type: typ, ID: "x", Assigned: on(0), SameTeam: on(1), Open: on(2), Compartment: on(3), InCompartment: on(4),
				ConflictCleared: on(5), DraftedByAnother: on(6), Openness: openness})
		}
	}
	return out
}

func TestEveryQuestion(t *testing.T) {
	p := load(t)
	asked, yes := 0, 0
	for _, role := range append(Roles(), "system") {
		actor := person(role)
		if role == "system" {
			actor = clinic.System
		}
		for _, typ := range []string{"case", "referral"} {
			for _, act := range acts()[typ] {
				for _, o := range objects(typ) {
					err := p.May(t.Context(), actor, act, o)
					want := expected(role, typ, act, o)
					asked++
					if want {
						yes++
					}
					if (err == nil) != want {
						t.Fatalf("%s %s %s %+v: %v, want %t", role, typ, act, o, err, want)
					}
					if err != nil && act != "create" && act != "list" {
						if knows := expected(role, typ, "read", o); knows != fault.Is(err, fault.Forbidden) || knows == fault.Is(err, fault.NotFound) {
							t.Fatalf("%s %s %s %+v: %v although knows is %t", role, typ, act, o, err, knows)
						}
					}
				}
			}
		}
	}
	if yes == 0 || yes == asked {
		t.Errorf("%d of %d", yes, asked)
	}
}

// TestTheRest: who may what where no attributes of a case matter.
func TestTheRest(t *testing.T) {
	p := load(t)
	for what, who := range map[string]string{
		"offer list": "caseworker lawyer supervisor network", "offer read": "caseworker lawyer supervisor network",
		"offer answer": "lawyer supervisor network", "offer progress": "caseworker lawyer supervisor network",
		"register import": "supervisor", "register decide": "supervisor", "user manage": "admin", "ledger read": "auditor",
		"policy read": "caseworker lawyer supervisor network secretary auditor admin", "network read": "caseworker lawyer supervisor network secretary auditor admin",
		"network manage": "network secretary admin", "membership read": "secretary auditor", "membership invite": "secretary",
		"record read": "auditor admin", "membership decide": "secretary", "membership suspend": "secretary",
	} {
		typ, act, _ := strings.Cut(what, " ")
		for _, role := range Roles() {
			err := p.May(t.Context(), person(role), act, clinic.Object{Type: typ})
			if want := slices.Contains(strings.Fields(who), role); (err == nil) != want {
				t.Errorf("%s %s: %v, want %t", role, what, err, want)
			}
		}
	}
}

func TestExplain(t *testing.T) {
	p := load(t)
	o := best("case")
	o.Assigned = false
	a, err := p.Explain(person("caseworker"), "update", o)
	if err != nil || a.Allowed || a.Rule != "" || !slices.Equal(a.Missing, []string{"Assigned"}) {
		t.Errorf("%+v %v", a, err)
	}
	r := best("referral")
	r.DraftedByAnother = false
	if a, err = p.Explain(person("supervisor"), "approve", r); err != nil || a.Rule != "four_eyes" {
		t.Errorf("%+v %v", a, err)
	}
}

func TestRowsThatAreNoRules(t *testing.T) {
	const good = "x_rule,role:lawyer,case,read,Assigned,allow"
	if _, err := parse(good); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "# nothing", "x_rule,role:lawyer,case,read,Assigned", good + ",allow", good + "\n" + good,
		"x_rule,lawyer,case,read,Assigned,allow", "x_rule,role:boss,case,read,Assigned,allow", "x_rule,*,case,read,Assigned,allow",
		"x_rule,role:lawyer,cases,read,Assigned,allow", "x_rule,role:lawyer,case,delete,Assigned,allow", "x_rule,role:lawyer,case,read|,Assigned,allow",
		"x_rule,role:lawyer,case,read,assigned,allow", "x_rule,role:lawyer,case,read,Assigned || Open,allow", "x_rule,role:lawyer,case,read,Openness != 0,allow",
		"x_rule,role:lawyer,case,read,,allow", "x_rule,role:lawyer,case,read,Assigned,Deny", "x_rule,role:lawyer,case,read,Assigned,deny ",
		"x_rule,role:lawyer,case,read,Assigned,de\u200bny", "X,role:lawyer,case,read,Assigned,deny"} {
		if _, err := parse(bad); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
}

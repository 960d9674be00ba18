package staffui

import (
	"strconv"
	"strings"
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

// TokensPage is where a person lets programs act for them.
type TokensPage struct {
	Tokens  []TokenLine
	Full    bool      // no more may be made
	Made    ui.Secret // just made, shown once; empty otherwise
	API     string    // address of the description
	Label   string
	Scopes  []string
	Days    string
	Choices []ui.Option
	Lengths []ui.Option
	Errors  ui.Errors
}

// Template is account/tokens.
func (TokensPage) Template() string { return "account/tokens" }

// TokenLine is one token in the list.
type TokenLine struct {
	ID, Label string
	Scopes    []ui.Text
	Created   time.Time
	Expires   time.Time
	Seen      time.Time // zero: never used
}

// ScopeText is a scope in words.
func ScopeText(scope string) ui.Text {
	return ui.T("tokens.scope." + strings.ReplaceAll(scope, ":", "_"))
}

// ScopeChoices makes the choices of a field.
func ScopeChoices(scopes []string) []ui.Option {
	var out []ui.Option
	for _, s := range scopes {
		out = append(out, ui.Option{Value: s, Label: ScopeText(s)})
	}
	return out
}

// TokenLengths are the days that a token may live, as choices.
func TokenLengths() []ui.Option {
	var out []ui.Option
	for _, d := range []int{7, 30, 90, 365} {
		out = append(out, ui.Option{Value: strconv.Itoa(d), Label: ui.T("tokens.days", "n", d)})
	}
	return out
}

func tokenFixtures() []web.Fixture {
	at := time.Date(2026, 11, 25, 6, 42, 0, 0, time.UTC)
	scopes := []string{"cases:read", "cases:write", "identity:read", "referrals:read", "referrals:write", "offers:read", "offers:write", "network:read"}
	empty := TokensPage{API: "/api/v1/openapi.json", Days: "30", Choices: ScopeChoices(scopes), Lengths: TokenLengths()}
	some, made, wrong := empty, empty, empty
	some.Tokens = []TokenLine{
		{ID: "t1", Label: "สถิติรายเดือน", Scopes: []ui.Text{ScopeText("cases:read"), ScopeText("network:read")}, Created: at.AddDate(0, -1, 0), Expires: at.AddDate(0, 2, 0), Seen: at},
		{ID: "t2", Label: "Kobo", Scopes: []ui.Text{ScopeText("cases:write")}, Created: at, Expires: at.AddDate(0, 0, 7)},
	}
	made.Tokens, made.Made = some.Tokens[:1], ui.Secret{Label: ui.T("tokens.secret"), Value: "saphan_" + strings.Repeat("example0", 8), Hint: ui.T("tokens.secret.hint")}
	wrong.Label, wrong.Errors = "x", ui.Errors{{Field: "scopes", Text: ui.T("account.token.scopes.invalid")}, {Field: "password", Text: ui.T("account.password.old_wrong")}}
	full := some
	full.Full = true
	return []web.Fixture{
		{Name: "account/tokens: none", TitleKey: "tokens.title", Page: empty},
		{Name: "account/tokens: two", TitleKey: "tokens.title", Page: some},
		{Name: "account/tokens: just made", TitleKey: "tokens.title", Page: made},
		{Name: "account/tokens: wrong", TitleKey: "tokens.title", Status: 422, Page: wrong},
		{Name: "account/tokens: full", TitleKey: "tokens.title", Page: full},
	}
}

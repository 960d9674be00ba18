package network_test

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/deploy/network"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/chassis/account"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/consent"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// caller sends forms without a browser, as whoever has the login at the server.
type caller struct {
	t      *testing.T
	s      *network.Server
	tokens map[string]string
}

func call(t *testing.T, s *network.Server) *caller {
	return &caller{t: t, s: s, tokens: map[string]string{}}
}

func (c *caller) token(login string) string {
	c.t.Helper()
	if c.tokens[login] == "" {
		accounts := accountsOf(c.s)
		u, err := accounts.Find(c.t.Context(), login)
		tok, err := accounts.Begin(c.t.Context(), value(c.t, u, err).ID)
		c.tokens[login] = value(c.t, tok, err)
	}
	return c.tokens[login]
}

func accountsOf(s *network.Server) *account.Service {
	if s.Hub != nil {
		return s.Hub.Accounts
	}
	return s.Node.Accounts
}

// do sends one request and returns the status, the page and where it leads.
func (c *caller) do(login, method, path string, form url.Values) (status int, page, to string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.s.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(&http.Cookie{Name: "saphan-" + r.URL.Port(), Value: c.token(login)})
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	return res.StatusCode, html.UnescapeString(string(value(c.t, b, err))), res.Header.Get("Location")
}

// speak chooses the language of a login.
func (c *caller) speak(login, lang string) {
	c.t.Helper()
	u, err := accountsOf(c.s).Find(c.t.Context(), login)
	if err := accountsOf(c.s).SetLanguage(c.t.Context(), value(c.t, u, err).ID, lang); err != nil {
		c.t.Fatal(err)
	}
}

// must is do with a status that the story cannot go on without.
func (c *caller) must(want int, login, method, path string, form url.Values) (page, to string) {
	c.t.Helper()
	got, page, to := c.do(login, method, path, form)
	if got != want {
		c.t.Fatalf("%s %s by %s: %d, want %d: %s", method, path, login, got, want, plain(page))
	}
	return page, to
}

var mainPart = regexp.MustCompile(`(?s)<main.*</main>`)

func main(page string) string { return mainPart.FindString(page) }

var (
	tags   = regexp.MustCompile(`(?s)<[^>]*>`)
	blanks = regexp.MustCompile(`\s+`)
)

// plain is the text of a page's main part.
func plain(page string) string {
	s := blanks.ReplaceAllString(tags.ReplaceAllString(main(page), " "), " ")
	return s[:min(400, len(s))]
}

func value[T any](t *testing.T, v T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func pairs(kv ...string) url.Values {
	f := url.Values{}
	for i := 0; i+1 < len(kv); i += 2 {
		f.Add(kv[i], kv[i+1])
	}
	return f
}

// newFile is a case of the server's caseworker that may be referred.
func newFile(t *testing.T, s *network.Server) casework.Case {
	t.Helper()
	ctx := t.Context()
	who, err := s.As(ctx, "caseworker")
	c, err := s.Node.Cases.Create(ctx, value(t, who, err), casework.Intake{Key: opaque.ID(), OpenedOn: "2026-11-20", ProvinceCode: "57",
		Issues: []string{"birth_not_registered"}, Problem: "เรื่องลับมากสาธิต", LocalNumber: "ลับ 77/2569", Persons: []casework.Person{{Title: "นาย",
			Given: "อาซาลับ", Family: "มาเยอะลับ", Birth: "1990-01-02", IDNumber: "0-0000-89000-00-5", Phone: "080-000-3344", Sex: "male", Status: "none"}}})
	c, err = s.Node.Cases.Screen(ctx, who, value(t, c, err).ID, c.Version, consent.Explicit, casework.ConflictClear)
	_, err = s.Node.Cases.RecordConsent(ctx, who, value(t, c, err).ID, consent.Record{Purpose: "status_work", Recipient: consent.Network,
		Scope: consent.ScopeAnonymousOffer, Special: true, Basis: consent.Explicit, TextVersion: "th-3", Language: "th", Medium: consent.Paper})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func draftTo(s *network.Server) url.Values {
	return pairs("do", "save", "needs", "interpretation", "kind", "service", "urgency", "urgent", "purpose", "status_work", "target", s.Actor)
}

var hashField = regexp.MustCompile(`name="sha256" value="([0-9a-f]{64})"`)

// submit drafts a referral of a new case by the pages and hands it to the second person.
func (c *caller) submit(to *network.Server) (path, hash string) {
	c.t.Helper()
	_, path = c.must(303, "caseworker", "POST", "/cases/"+newFile(c.t, c.s).ID+"/refer", draftTo(to))
	c.must(303, "caseworker", "POST", path+"/submit", nil)
	page, _ := c.must(200, "supervisor", "GET", path, nil)
	m := hashField.FindStringSubmatch(page)
	if m == nil {
		c.t.Fatalf("nothing to approve: %s", main(page))
	}
	return path, m[1]
}

// offer sends a referral of a new case and returns both ends' pages.
func (c *caller) offer(n *network.Network, to *network.Server) (path, there string) {
	c.t.Helper()
	path, hash := c.submit(to)
	c.must(303, "supervisor", "POST", path+"/approve", pairs("sha256", hash))
	settle(c.t, n)
	return path, "/offers/" + offerOf(c.t, c.s, to, path)
}

func offerOf(t *testing.T, from, to *network.Server, path string) string {
	t.Helper()
	r, err := from.Node.Sender.Store.Get(t.Context(), strings.TrimPrefix(path, "/referrals/"))
	o, err := to.Node.Receiver.Store.ByOffer(t.Context(), value(t, r, err).Envelope.Activity)
	return value(t, o, err).ID
}

func settle(t *testing.T, n *network.Network) {
	t.Helper()
	if err := n.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// offersOf are all offers that have come to a member, in whatever state.
func offersOf(t *testing.T, s *network.Server) (out []referral.Incoming) {
	t.Helper()
	who, err := s.As(t.Context(), "supervisor")
	if err != nil {
		t.Fatal(err)
	}
	for _, over := range []bool{false, true} {
		views, err := s.Node.Receiver.Inbox(t.Context(), who, over)
		for _, v := range value(t, views, err) {
			out = append(out, v.Offer)
		}
	}
	return out
}

// everything writes down all referrals, offers and messages of the members.
func everything(t *testing.T, n *network.Network) string {
	t.Helper()
	ctx, b := t.Context(), &strings.Builder{}
	for _, s := range n.Servers[1:] {
		rs, err := s.Node.Sender.Store.List(ctx, referral.Filter{})
		for _, r := range value(t, rs, err) {
			fmt.Fprintln(b, s.Key, r.ID, r.State, r.Version, r.Form, r.Approved)
		}
		for _, o := range offersOf(t, s) {
			fmt.Fprintln(b, s.Key, o.ID, o.State, o.Version, o.Engagement)
		}
		lines, err := s.Node.Station.Mail.Lines(ctx)
		for _, l := range value(t, lines, err) {
			fmt.Fprintln(b, s.Key, l.Peer, l.Last)
		}
	}
	return b.String()
}

package network_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/deploy/network"
	"github.com/saphan-network/saphan/web/locale"
)

// strange are texts that have brought other programs down: bytes that a database
// does not take, pieces of SQL, of patterns, of templates, of headers and of logs.
func strange() []string {
	return []string{"\x00", "a\x00b", "\xff", "\xed\xa0\x80", "' OR '1'='1", "'; DROP TABLE cases; --", `" OR 1=1 --`, "%", `\'`, "{{.}}",
		"a\r\nSet-Cookie: x=y", "\u2028\u202e", "../../etc/passwd", strings.Repeat("ก", 5000), strings.Repeat("(", 5000)}
}

// numbers are page numbers and sizes that do not fit.
func numbers() []string {
	return []string{"-1", "0", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "99999999999999999999", "1e9", "0x7f", "NaN", "1; SELECT 1"}
}

// Whatever stands in an address, a query or a form, in any field of any page: an
// answer of ours, and never a failure.
func TestStrangeBytes(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db string) {
		n := start(t, network.Options{Dir: t.TempDir(), Database: db, Bare: true})
		defer stop(t, n)
		node, hub := call(t, n.Server("chiangrai")), call(t, n.Server("hub"))
		file := "/cases/" + newFile(t, n.Server("chiangrai")).ID
		for _, s := range strange() {
			q, seg := url.QueryEscape(s), url.PathEscape(strings.ReplaceAll(s, "/", ""))
			for _, a := range []struct {
				at          *caller
				who, method string
				path        string
				form        url.Values
			}{
				{node, "caseworker", "GET", "/cases?status=" + q + "&mine=" + q + "&page=" + q, nil},
				{node, "caseworker", "GET", "/cases/" + seg, nil},
				{node, "caseworker", "GET", "/referrals/" + seg, nil},
				{node, "supervisor", "GET", "/offers/" + seg, nil},
				{node, "supervisor", "GET", "/imports/" + seg + "?do=" + q, nil},
				{node, "admin", "GET", "/people/" + seg, nil},
				{node, "admin", "GET", "/peers/one?peer=" + q, nil},
				{node, "auditor", "GET", "/ledger?page=" + q + "&actor=" + q + "&act=" + q + "&chain=" + q, nil},
				{node, "supervisor", "GET", "/policy/why?field=" + q + "&peer=" + q, nil},
				{node, "", "GET", "/welcome/" + seg, nil},
				{node, "", "GET", "/login?to=" + q, nil},
				{node, "", "GET", "/static/" + seg, nil},
				{node, "", "POST", "/login", pairs("login", s, "password", "x", "to", s)},
				{node, "", "POST", "/login", pairs("login", "x", "password", s)},
				{node, "", "POST", "/lang", pairs("lang", s, "to", s)},
				{node, "", "POST", "/welcome/" + seg, pairs("password", s, "again", s)},
				{node, "caseworker", "POST", "/cases/find", pairs("q", s, "status", s, "mine", s)},
				{node, "caseworker", "POST", "/cases", pairs("key", s, "problem", s, "province", s, "persons", s, "person.0.given", s, "person.0.birth.year", s)},
				{node, "caseworker", "POST", file + "/note", pairs("note", s)},
				{node, "caseworker", "POST", file + "/edit", pairs("problem", s, "version", s)},
				{node, "caseworker", "POST", file + "/move", pairs("to", s, "version", s, "wake_on", s)},
				{node, "caseworker", "POST", file + "/persons", pairs("person.0.given", s, "person.0.birth.day", s, "version", "1")},
				{node, "caseworker", "POST", file + "/consents", pairs("purpose", s, "recipient", s, "language", s, "text_version", s)},
				{node, "caseworker", "POST", file + "/refer", pairs("do", s, "needs", s, "target", s, "feedback_due.day", s)},
				{node, "supervisor", "POST", file + "/assign", pairs("user", s)},
				{node, "admin", "POST", "/people", pairs("login", s, "name", s, "roles", s)},
				{node, "admin", "POST", "/account/password", pairs("old", s, "password", s, "again", s)},
				{hub, "secretary", "POST", "/members/invite", pairs("actor", s, "address", s)},
				{hub, "secretary", "POST", "/members/suspend", pairs("actor", s, "reason", s)},
			} {
				if status, page, _ := a.at.send(a.who, a.method, a.path, a.form); status >= 500 || status == 0 {
					t.Errorf("%s %.60s with %.20q: %d %s", a.method, a.path, s, status, plain(page))
				}
			}
		}
		for _, v := range numbers() {
			for who, path := range map[string]string{"caseworker": "/cases?page=", "supervisor": "/imports?page=", "auditor": "/ledger?page=", "admin": "/peers?page="} {
				if status, page, _ := node.send(who, "GET", path+url.QueryEscape(v), nil); status >= 500 || status == 0 {
					t.Errorf("%s%s: %d %s", path, v, status, plain(page))
				}
			}
		}
		if status, page, _ := node.send("caseworker", "GET", file, nil); status != 200 || !strings.Contains(page, `<html lang="`+locale.Thai) {
			t.Errorf("the file afterwards: %d", status)
		}
	})
}

// send is do also for nobody, and for addresses that a URL does not take.
func (c *caller) send(login, method, path string, form url.Values) (status int, page, to string) {
	c.t.Helper()
	if login != "" {
		return c.do(login, method, path, form)
	}
	c.tokens["nobody"] = "none"
	return c.do("nobody", method, path, form)
}

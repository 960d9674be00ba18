package site_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var (
	printedCode = regexp.MustCompile(`<code>([A-Z2-9]{4} [A-Z2-9]{4})</code>`)
	nonce       = regexp.MustCompile(`nonce="[^"]*"`)
	// personal is what the file of bench holds and no paper may show.
	personal = []string{"อาซา", "มาเยอะ", "89000", "080-000-3344", "เล่าเรื่องยาว", "1990", "2533", "7/2569"}
)

// TestReceiptByPages: nothing before something has left; then a paper with what
// left and no more; a lost one is replaced; what is taken back is said.
func TestReceiptByPages(t *testing.T) {
	b := newBench(t)
	caseID := b.file()
	_, to := b.want(http.StatusSeeOther, "dao", "POST", "/cases/"+caseID+"/refer", draftForm())
	b.want(http.StatusConflict, "dao", "POST", to+"/receipt", nil)
	b.want(http.StatusNotFound, "dao", "GET", to+"/receipt", nil)
	if body, _ := b.want(http.StatusOK, "dao", "GET", "/cases/"+caseID+"/sent", nil); strings.Contains(body, "องค์กร") {
		t.Error("a draft has gone to somebody")
	}
	b.want(http.StatusSeeOther, "dao", "POST", to+"/submit", nil)
	body, _ := b.want(http.StatusOK, "ying", "GET", to, nil)
	_, rest, _ := strings.Cut(body, `name="sha256" value="`)
	hash, _, _ := strings.Cut(rest, `"`)
	b.want(http.StatusSeeOther, "ying", "POST", to+"/approve", url.Values{"sha256": {hash}})
	b.want(http.StatusNotFound, "dao", "GET", to+"/receipt", nil) // nobody has made one

	b.want(http.StatusNotFound, "nok", "POST", to+"/receipt", nil)
	b.want(http.StatusSeeOther, "dao", "POST", to+"/receipt", nil)
	b.want(http.StatusNotFound, "nok", "GET", to+"/receipt", nil)
	body, _ = b.want(http.StatusOK, "dao", "GET", to+"/receipt", nil)
	first := codeOn(t, body)
	b.want(http.StatusSeeOther, "dao", "POST", to+"/receipt", nil)
	body, _ = b.want(http.StatusOK, "dao", "GET", to+"/receipt", nil)
	if codeOn(t, body) != first {
		t.Error("asking twice made another paper")
	}
	for _, page := range []string{to + "/receipt", "/cases/" + caseID + "/sent"} {
		body, _ := b.want(http.StatusOK, "dao", "GET", page, nil)
		for _, word := range personal {
			if strings.Contains(body, word) {
				t.Errorf("%s shows %q", page, word)
			}
		}
		for _, word := range []string{"ตรวจ DNA", "ความยินยอม"} {
			if !strings.Contains(body, word) {
				t.Errorf("%s misses %q", page, word)
			}
		}
	}

	find := func(who, code string) (string, string) {
		t.Helper()
		status, body, to := b.do(who, "POST", "/receipts/find", url.Values{"code": {code}})
		if status != http.StatusOK && status != http.StatusSeeOther {
			t.Fatal(status)
		}
		return body, to
	}
	if _, at := find("dao", strings.ToLower(first)); at != to+"/receipt" {
		t.Errorf("the code leads to %q", at)
	}
	foreign, _ := find("nok", first)
	none, _ := find("nok", "AAAA AAAA")
	plain := func(body, code string) string { return nonce.ReplaceAllString(strings.ReplaceAll(body, code, ""), "") }
	if plain(foreign, first) != plain(none, "AAAA AAAA") {
		t.Error("a code of somebody else's case is not answered like one that is not there")
	}

	b.want(http.StatusSeeOther, "dao", "POST", to+"/receipt", url.Values{"again": {"1"}})
	body, _ = b.want(http.StatusOK, "dao", "GET", to+"/receipt", nil)
	if codeOn(t, body) == first {
		t.Error("the lost paper still holds")
	}
	if body, at := find("dao", first); at != "" || !strings.Contains(body, "ถูกแทน") {
		t.Error("the lost paper's code is answered as if it held")
	}

	b.want(http.StatusSeeOther, "dao", "POST", to+"/withdraw", url.Values{"reason": {"resolved"}})
	for _, page := range []string{to + "/receipt", "/cases/" + caseID + "/sent"} {
		if body, _ := b.want(http.StatusOK, "dao", "GET", page, nil); !strings.Contains(body, "ถอน") {
			t.Errorf("%s does not say that it was taken back", page)
		}
	}
}

func codeOn(t *testing.T, body string) string {
	t.Helper()
	m := printedCode.FindStringSubmatch(body)
	if m == nil {
		t.Fatal("no code on the paper")
	}
	return m[1]
}

package torture_test

import (
	"context"
	"html"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptrace"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

const password = "สามก้อนหินริมน้ำ"

// person is somebody at a browser of their own, signed in at one machine.
type person struct {
	t      *testing.T
	at     *machine
	login  string
	client *http.Client
}

func newPerson(t *testing.T, at *machine, login string) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &person{t: t, at: at, login: login, client: &http.Client{Jar: jar, Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// redeem opens a one-time link and chooses a password.
func (p *person) redeem(link string) {
	p.t.Helper()
	path := strings.TrimPrefix(strings.TrimSpace(link), p.at.base)
	p.get(path)
	if code, _ := p.post(path, url.Values{"password": {password}, "again": {password}}); code != http.StatusSeeOther {
		p.t.Fatalf("%s's link at %s answers %d", p.login, p.at.name, code)
	}
}

// try makes one request. An error is the answer of a machine that has died.
func (p *person) try(ctx context.Context, path string, form url.Values) (int, string, error) {
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, method, p.at.base+path, body)
	if err != nil {
		return 0, "", err
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := p.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil && res.StatusCode < http.StatusMultipleChoices {
		return 0, "", err // a page that broke off is no answer; a redirect is one by its head
	}
	return res.StatusCode, string(b), nil
}

// look opens a page and returns its status and text.
func (p *person) look(path string) (int, string) {
	p.t.Helper()
	code, body, err := p.try(p.t.Context(), path, nil)
	if err != nil {
		p.t.Fatalf("%s at %s opens %s: %v\n%s", p.login, p.at.name, shape(path), err, p.at.said.tail())
	}
	return code, body
}

func (p *person) get(path string) string {
	p.t.Helper()
	code, body := p.look(path)
	if code != http.StatusOK {
		p.t.Fatalf("%s at %s opens %s: %d", p.login, p.at.name, shape(path), code)
	}
	return body
}

func (p *person) post(path string, form url.Values) (int, string) {
	p.t.Helper()
	code, body, err := p.try(p.t.Context(), path, form)
	if err != nil {
		p.t.Fatalf("%s at %s sends %s: %v\n%s", p.login, p.at.name, shape(path), err, p.at.said.tail())
	}
	return code, body
}

var token = regexp.MustCompile(`[0-9a-f]{16,}`)

// shape is a path without the tokens in it, for what a test says.
func shape(path string) string { return token.ReplaceAllString(path, "…") }

// hidden returns the value of the first hidden input of that name, "" for none.
func hidden(page, name string) string {
	m := regexp.MustCompile(`name="` + regexp.QuoteMeta(name) + `" value="([^"]*)"`).FindStringSubmatch(page)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}

var badges = regexp.MustCompile(`(?s)<span class="badge[^"]*">.*?<span>([^<]*)</span></span>`)

// badge is the first state that a page shows, in its words.
func badge(page string) string {
	if _, main, ok := strings.Cut(page, "<main"); ok {
		page = main
	}
	m := badges.FindStringSubmatch(page)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}

var errorList = regexp.MustCompile(`(?s)<div class="errors".*?</div>`)

// wrong is what a page says to be wrong.
func wrong(page string) string { return errorList.FindString(page) }

// links returns the addresses on a page that are prefix and an identifier, each once.
func links(page, prefix string) []string {
	var out []string
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(`href="(`+regexp.QuoteMeta(prefix)+`[0-9a-f]{32})"`).FindAllStringSubmatch(page, -1) {
		if !seen[m[1]] {
			seen[m[1]] = true
			out = append(out, m[1])
		}
	}
	return out
}

// moment is when a machine dies, seen from a request.
type moment int

const (
	atOnce    moment = iota // before the request is written, or while it is
	written                 // as soon as it is written
	working                 // some time after that
	answering               // when the first byte of the answer has come
)

// someMoment draws one; the middle of the work is where most can go wrong.
func someMoment(dice *rand.Rand) (when moment, after time.Duration) {
	weights := []moment{atOnce, written, working, working, working, working, answering, answering}
	return weights[dice.IntN(len(weights))], time.Duration(dice.IntN(9_000)) * time.Microsecond
}

func (m moment) String() string { return [...]string{"at once", "written", "working", "answering"}[m] }

// postAndDie sends a form and kills the machine meanwhile. It returns the status
// if the answer came all the same, 0 if it did not.
func (p *person) postAndDie(path string, form url.Values, when moment, after time.Duration) int {
	p.t.Helper()
	process := p.at.cmd.Process
	strike := func(now bool) {
		if now {
			_ = process.Kill() // from within the trace: not a moment is lost
		}
	}
	wrote := make(chan struct{}, 1)
	ctx := httptrace.WithClientTrace(p.t.Context(), &httptrace.ClientTrace{
		WroteRequest: func(httptrace.WroteRequestInfo) {
			strike(when == written)
			select {
			case wrote <- struct{}{}:
			default:
			}
		},
		GotFirstResponseByte: func() { strike(when == answering) }})
	answer := make(chan int, 1)
	go func() {
		code, _, _ := p.try(ctx, path, form)
		answer <- code
	}()
	strike(when == atOnce)
	if when == working {
		select {
		case <-wrote:
			timer := time.NewTimer(after) // not a wait for something: the fault's own moment
			defer timer.Stop()
			<-timer.C
			strike(true)
		case code := <-answer: // it could not even be sent
			p.at.kill()
			return code
		}
	}
	code := <-answer
	p.at.kill()
	return code
}

package site_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/node/app"
	"github.com/saphan-network/saphan/web/locale"
	"github.com/saphan-network/saphan/web/nodeui"
)

// desk is a browser of a signed-in person at a node of its own.
type desk struct {
	t      *testing.T
	app    *app.App
	server *httptest.Server
	client *http.Client
}

func newDesk(t *testing.T, roles ...string) *desk {
	t.Helper()
	now := time.Date(2026, 11, 25, 5, 0, 0, 0, time.UTC)
	d := &desk{t: t, server: httptest.NewUnstartedServer(nil)}
	a, err := app.New(t.Context(), app.Config{BaseURL: "http://" + d.server.Listener.Addr().String(), DataDir: t.TempDir(), NameTH: "คลินิกทดลอง",
		Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	d.app = a
	d.server.Config.Handler = a.Handler()
	d.server.Start()
	t.Cleanup(func() {
		d.server.Close()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	link, err := a.Accounts.Add(t.Context(), "system", "ying", "หญิง ใจดี", roles)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Accounts.Redeem(t.Context(), link, "a long enough secret 2569"); err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	d.client = d.server.Client()
	d.client.Jar = jar
	if status, _ := d.post("/login", url.Values{"login": {"ying"}, "password": {"a long enough secret 2569"}}); status != http.StatusOK {
		t.Fatalf("sign-in: %d", status)
	}
	return d
}

func (d *desk) do(req *http.Request) (int, string) {
	d.t.Helper()
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("Accept", "text/html")
	res, err := d.client.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(res.Body); err != nil {
		d.t.Fatal(err)
	}
	return res.StatusCode, b.String()
}

func (d *desk) get(path string) (int, string) {
	d.t.Helper()
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodGet, d.server.URL+path, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	return d.do(req)
}

func (d *desk) post(path string, form url.Values) (int, string) {
	d.t.Helper()
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodPost, d.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return d.do(req)
}

func (d *desk) upload(name string, raw []byte) (int, string) {
	d.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if name != "" {
		f, err := w.CreateFormFile("file", name)
		if err != nil {
			d.t.Fatal(err)
		}
		_, _ = f.Write(raw)
	}
	_ = w.Close()
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodPost, d.server.URL+"/imports", &b)
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	return d.do(req)
}

func clinicFile(t *testing.T) []byte {
	t.Helper()
	raw, err := os.ReadFile("../../clinic/register/testdata/clinic-north.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestImportsAreNotForEverybody(t *testing.T) {
	d := newDesk(t, "volunteer")
	for _, path := range []string{"/imports", "/imports/queue", "/imports/queue/x", "/imports/0123456789abcdef0123456789abcdef"} {
		if status, body := d.get(path); status != http.StatusNotFound && status != http.StatusForbidden {
			t.Errorf("%s: %d, %d bytes", path, status, len(body))
		}
	}
	if status, _ := d.upload("a.xlsx", clinicFile(t)); status != http.StatusNotFound && status != http.StatusForbidden {
		t.Errorf("upload: %d", status)
	}
}

func TestWrongFiles(t *testing.T) {
	d := newDesk(t, "supervisor")
	for _, c := range []struct {
		name, says string
		raw        []byte
	}{
		{"", "เลือกไฟล์ก่อน", nil},
		{"a.xlsx", "ไฟล์นี้ว่าง", nil},
		{"a.xlsx", "ไม่ใช่ Excel", []byte("%PDF-1.7")},
		{"a.xlsx", "เปิดไฟล์นี้ไม่ได้", clinicFile(t)[:5000]},
		{"a.csv", "ไม่พบหัวตารางที่ระบบรู้จัก", []byte("สี,ขนาด\nแดง,ใหญ่\n")},
		{"a.csv", "ใหญ่เกินไป", bytes.Repeat([]byte("ก,ข\n"), 3<<20)},
	} {
		status, body := d.upload(c.name, c.raw)
		if status < 400 || status >= 500 || !strings.Contains(body, c.says) {
			t.Errorf("%s %d bytes: %d, without %q", c.name, len(c.raw), status, c.says)
		}
	}
}

var (
	startLink = regexp.MustCompile(`action="(/imports/[0-9a-f]{32})/start"`)
	rowLink   = regexp.MustCompile(`href="(/imports/queue/[0-9a-f]{32})"[^>]*>แถว 18<`)
)

func TestImportFromFirstScreenToLast(t *testing.T) {
	d := newDesk(t, "supervisor")
	status, body := d.upload("ทะเบียนเคส.xlsx", clinicFile(t))
	m := startLink.FindStringSubmatch(body)
	if status != http.StatusOK || m == nil || !strings.Contains(body, "ทะเบียนเคส.xlsx") {
		t.Fatalf("after the upload: %d\n%s", status, body)
	}
	if _, page := d.get(m[1] + "?do=queue"); !strings.Contains(page, "หลักสุดท้ายไม่ตรง") || strings.Contains(page, "หนูนา") {
		t.Error("the reasons are not shown, or the hidden column is")
	}
	if _, page := d.get(m[1] + "?do=refuse"); !strings.Contains(page, "กรอกทดลอง") || strings.Contains(page, "สุริยา") {
		t.Error("refused rows must show their reason and no name")
	}
	if status, body = d.post(m[1]+"/start", nil); status != http.StatusOK {
		t.Fatalf("start: %d\n%s", status, body)
	}
	d.app.Wait()
	if _, page := d.get(m[1]); !strings.Contains(page, "นำเข้าเสร็จ") || !strings.Contains(page, "แถวรอคนตัดสิน") {
		t.Errorf("after the import:\n%s", page)
	}
	if status, page := d.post(m[1]+"/start", nil); status != http.StatusOK || !strings.Contains(page, "การนำเข้านี้จบแล้ว") {
		t.Errorf("started twice: %d", status)
	}
	_, queue := d.get("/imports/queue")
	row := rowLink.FindStringSubmatch(queue)
	if row == nil {
		t.Fatalf("row 18 is not in the queue:\n%s", queue)
	}
	if _, page := d.get(row[1]); !strings.Contains(page, "8-0000-73187-02-8") || !strings.Contains(page, `name="person.0.id_number"`) {
		t.Errorf("the row does not show what the cell held beside the form:\n%s", page)
	}
	if status, page := d.post(row[1]+"/aside", nil); status != http.StatusUnprocessableEntity || !strings.Contains(page, "เลือกเหตุผล") {
		t.Errorf("left out without a reason: %d", status)
	}
	form := url.Values{"person.0.title": {"นาย"}, "person.0.given": {"บุญมี"}, "person.0.family": {"มาเยอะ"}, "person.0.birth.year": {"2599"},
		"local_number": {"62/005"}, "opened_on.day": {"9"}, "opened_on.month": {"4"}, "opened_on.year": {"2562"}}
	if status, page := d.post(row[1], form); status != http.StatusUnprocessableEntity || !strings.Contains(page, "บุญมี") {
		t.Errorf("a birth in the future: %d", status)
	}
	form.Set("person.0.birth.year", "2536")
	if status, page := d.post(row[1], form); status != http.StatusOK || !strings.Contains(page, "บันทึกเข้าแฟ้มเคสแล้ว") {
		t.Errorf("decided: %d\n%s", status, page)
	}
	if status, _ := d.post(row[1], form); status != http.StatusConflict {
		t.Errorf("decided twice: %d", status)
	}
}

// TestEveryReasonHasWords wants a sentence in both languages for each reason
// that a row may be given.
func TestEveryReasonHasWords(t *testing.T) {
	raw, err := os.ReadFile("../../clinic/register/testdata/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var truth struct {
		Definitions struct {
			Codes map[string]string `json:"codes"`
		} `json:"definitions"`
	}
	if err := json.Unmarshal(raw, &truth); err != nil || len(truth.Definitions.Codes) < 30 {
		t.Fatal(len(truth.Definitions.Codes), err)
	}
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	for code := range truth.Definitions.Codes {
		text := nodeui.ImportReason(code)
		for _, lang := range locale.Langs() {
			if text.Key == "" || !words.Speaker(lang).Has(text.Key) {
				t.Errorf("%s has no sentence in %s", code, lang)
			}
		}
	}
}

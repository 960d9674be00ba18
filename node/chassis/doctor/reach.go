package doctor

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/delivery"
	"github.com/saphan-network/saphan/node/chassis/say"
)

// Bounds of what the clock and the members list may be off by.
const (
	skewWarn = 30 * time.Second
	skewFail = 5 * time.Minute
	listWarn = 14 * 24 * time.Hour
)

// Reach is what the examination of the way to and from the network looks at.
type Reach struct {
	Base, Self, Username string
	Key                  func() string // the PEM of the public key that signs for us now
	Ask                  func(ctx context.Context, address, accept string) (delivery.Answer, error)
	Members              func(ctx context.Context) (address string, taken time.Time, err error) // of the hub's list; "" on the hub and outside of a network
	Now                  func() time.Time
}

// Checks lists the examination: our own documents as others see them, our signature
// and clock at the hub, and the age of the list.
func (r Reach) Checks() []Check {
	return []Check{r.actor(), r.names(), r.hub(), r.list()}
}

// actor asks for our own actor document at the address that others know.
func (r Reach) actor() Check {
	return Check{Name: "address", Title: say.Text{TH: "ที่อยู่ของเครื่องนี้", EN: "This server's address"}, Run: func(ctx context.Context) error {
		a, err := r.Ask(ctx, r.Self, federation.MediaType)
		if err != nil {
			return &Warn{say.Text{TH: "เรียก " + r.Base + " จากเครื่องนี้เองไม่ได้ ตรวจชื่อโดเมน ใบรับรอง และพร็อกซี ถ้าเครื่องอยู่หลังเราเตอร์ ให้ลองเปิดที่อยู่นี้จากเครือข่ายอื่น",
				EN: r.Base + " cannot be reached from this machine itself. Look at the domain name, the certificate and the proxy; behind a router, try the address from another network"}}
		}
		var doc struct {
			ID        string `json:"id"`
			PublicKey struct {
				PEM string `json:"publicKeyPem"`
			} `json:"publicKey"`
		}
		if a.Status != http.StatusOK || json.Unmarshal(a.Body, &doc) != nil || doc.ID != r.Self {
			return bad("ที่ "+r.Base+" มีเซิร์ฟเวอร์อื่นตอบแทน หรือพร็อกซีส่งคำขอไปผิดที่ ตรวจค่า base_url และการตั้งค่าพร็อกซี",
				"Another server answers at "+r.Base+", or the proxy sends requests elsewhere. Look at base_url and at the proxy's settings", nil)
		}
		if strings.TrimSpace(doc.PublicKey.PEM) != strings.TrimSpace(r.Key()) {
			return bad("กุญแจที่ "+r.Base+" แสดงไม่ใช่กุญแจของเครื่องนี้ อาจมีสองเครื่องใช้ที่อยู่เดียวกัน หรือพร็อกซีเก็บสำเนาเก่าไว้",
				"The key shown at "+r.Base+" is not this server's. Two servers may share the address, or the proxy keeps an old copy", nil)
		}
		return nil
	}}
}

// names asks for WebFinger and NodeInfo, which proxies often send elsewhere.
func (r Reach) names() Check {
	return Check{Name: "names", Title: say.Text{TH: "เครื่องอื่นค้นพบเครื่องนี้ได้", EN: "Others can find this server"}, Run: func(ctx context.Context) error {
		host := strings.TrimPrefix(strings.TrimPrefix(r.Base, "https://"), "http://")
		for _, address := range []string{"/.well-known/webfinger?resource=" + url.QueryEscape("acct:"+r.Username+"@"+host), "/.well-known/nodeinfo"} {
			a, err := r.Ask(ctx, r.Base+address, "application/json")
			if err != nil {
				return &Warn{say.Text{TH: "เรียกจากเครื่องนี้เองไม่ได้ ดูข้อแรก", EN: "It cannot be reached from this machine itself; see the first line"}}
			}
			if a.Status != http.StatusOK || !slices.ContainsFunc([]string{r.Self, r.Base + "/nodeinfo/"}, func(s string) bool { return strings.Contains(string(a.Body), s) }) {
				path, _, _ := strings.Cut(address, "?")
				return bad("ที่อยู่ "+path+" ไม่ได้มาถึงเครื่องนี้ ตั้งพร็อกซีให้ส่งทุกอย่างใต้ /.well-known มาที่เครื่องนี้",
					path+" does not arrive here. Have the proxy send all below /.well-known to this server", nil)
			}
		}
		return nil
	}}
}

// hub shows a signature of ours to the hub, and compares the clocks.
func (r Reach) hub() Check {
	return Check{Name: "signature", Title: say.Text{TH: "ลายเซ็นและนาฬิกาของเครื่องนี้ที่เครือข่าย", EN: "Our signature and clock at the hub"}, Run: func(ctx context.Context) error {
		address, _, err := r.Members(ctx)
		if err != nil {
			return bad("อ่านรายชื่อเซิร์ฟเวอร์ไม่ได้", "The list of servers cannot be read", err)
		}
		if address == "" {
			return nil
		}
		a, err := r.Ask(ctx, address, federation.MediaType)
		if err != nil {
			return bad("ติดต่อเซิร์ฟเวอร์ของเครือข่ายไม่ได้ตอนนี้ ข้อความรออยู่ในเครื่อง ไม่หาย ถ้าเกินหนึ่งวันให้โทรหาเลขานุการ",
				"The hub cannot be reached now. Messages wait here, none is lost; if it lasts for more than a day, call the secretary", nil)
		}
		off := time.Duration(0)
		if !a.Date.IsZero() {
			off = r.Now().Sub(a.Date)
		}
		switch {
		case off.Abs() > skewFail:
			return bad("นาฬิกาของเครื่องต่างจากเครือข่าย "+about(off, "th")+" ให้เปิดการตั้งเวลาอัตโนมัติ (NTP)",
				"The clock differs from the hub's by "+about(off, "en")+"; turn on time synchronisation (NTP)", nil)
		case a.Status != http.StatusOK:
			return bad("เครือข่ายไม่รับลายเซ็นของเครื่องนี้ อาจถูกพักสมาชิก หรือกุญแจไม่ตรงกัน โทรหาเลขานุการเพื่อเทียบลายนิ้วมือของกุญแจ",
				"The hub does not accept our signature: the membership may be suspended, or the keys differ. Call the secretary and compare the fingerprints", nil)
		case off.Abs() > skewWarn:
			return &Warn{say.Text{TH: "นาฬิกาของเครื่องต่างจากเครือข่าย " + about(off, "th") + " ควรเปิดการตั้งเวลาอัตโนมัติ (NTP)",
				EN: "The clock differs from the hub's by " + about(off, "en") + "; turn on time synchronisation (NTP)"}}
		}
		return nil
	}}
}

// about says a difference of clocks in words.
func about(d time.Duration, lang string) string {
	t := say.Text{TH: "%d วินาที", EN: "%d seconds"}.With(int(d.Abs().Seconds()))
	if d.Abs() >= 2*time.Minute {
		t = say.Text{TH: "%d นาที", EN: "%d minutes"}.With(int(d.Abs().Minutes()))
	}
	return t.In(lang)
}

// list tells how old the members list is that we go by.
func (r Reach) list() Check {
	return Check{Name: "list", Title: say.Text{TH: "รายชื่อองค์กรสมาชิกเป็นปัจจุบัน", EN: "The members list is recent"}, Run: func(ctx context.Context) error {
		address, taken, err := r.Members(ctx)
		if err != nil {
			return bad("อ่านรายชื่อองค์กรสมาชิกไม่ได้", "The members list cannot be read", err)
		}
		if address == "" || taken.IsZero() || r.Now().Sub(taken) < listWarn {
			return nil
		}
		days := int(r.Now().Sub(taken).Hours() / 24)
		return &Warn{say.Text{TH: "ไม่มีข่าวจากเครือข่ายมา %d วัน งานระหว่างสมาชิกทำต่อได้ด้วยรายชื่อล่าสุด ให้โทรถามเลขานุการ",
			EN: "The network has not been heard from for %d days. Work between members goes on with the last list; call the secretary"}.With(days)}
	}}
}

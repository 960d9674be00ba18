package doctor

import (
	"context"
	"errors"

	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/node/chassis/say"
)

// Mail is what is known of the messages between this server and the others.
type Mail interface {
	Lines(ctx context.Context) ([]mailbox.Line, error)
	Quarantined(ctx context.Context) ([]mailbox.Quarantined, error)
}

// Post looks for messages that wait for a person: what came in and could not be
// carried out, what cannot be sent, and peers that are away.
func Post(mail Mail) Check {
	return Check{Name: "post", Title: say.Text{TH: "ข้อความกับเซิร์ฟเวอร์อื่น", EN: "Messages with other servers"}, Run: func(ctx context.Context) error {
		aside, err := mail.Quarantined(ctx)
		if err != nil {
			return bad("อ่านกล่องข้อความไม่ได้", "The mailbox cannot be read", err)
		}
		if len(aside) > 0 {
			return bad("มีข้อความเข้าที่ทำต่อไม่ได้ ระบบลองใหม่เองทุกนาที ถ้ายังอยู่ให้แจ้งผู้พัฒนา", "Messages that came in could not be carried out; they are tried again each minute. If they stay, tell the developers", nil)
		}
		lines, err := mail.Lines(ctx)
		if err != nil {
			return bad("อ่านกล่องข้อความไม่ได้", "The mailbox cannot be read", err)
		}
		for _, l := range lines {
			if l.Held > 0 {
				return bad("มีข้อความออกที่ปลายทางไม่รับ ดูด้วย fed queue แล้วเลือก fed retry หรือ fed drop", "A message that goes out is refused; see fed queue, then fed retry or fed drop", nil)
			}
		}
		for _, l := range lines {
			if l.Broken || l.Missing > 0 {
				return &Warn{say.Text{TH: "มีเซิร์ฟเวอร์ที่ติดต่อไม่ได้ ดูด้วย fed queue", EN: "A server cannot be reached, or its messages are missing; see fed queue"}}
			}
		}
		return nil
	}}
}

// Evaluators checks that both evaluators of the rules say the same: now, and since
// the server that serves has started.
func Evaluators(agree func(ctx context.Context) error, stopped func(ctx context.Context) (bool, error)) Check {
	return Check{Name: "evaluators", Title: say.Text{TH: "ตัวตรวจกฎสองชุดตอบตรงกัน", EN: "The two checks of the rules agree"}, Run: func(ctx context.Context) error {
		err := agree(ctx)
		var says *say.Error
		switch {
		case errors.As(err, &says): // the file of own rows is not to be used
			return err
		case err != nil:
			return bad("ตัวตรวจกฎสองชุดตอบไม่ตรงกัน จึงไม่มีข้อมูลออก ให้แจ้งผู้พัฒนา และใช้รุ่นก่อนหน้า",
				"The two checks of the rules do not agree, so nothing leaves; tell the developers, and use the release before this one", err)
		}
		off, err := stopped(ctx)
		if err != nil {
			return bad("อ่านสมุดบันทึกการเปิดเผยไม่ได้", "The ledger cannot be read", err)
		}
		if off {
			return bad("การส่งข้อมูลหยุดอยู่ เพราะตัวตรวจกฎสองชุดเคยตอบไม่ตรงกัน ดูบรรทัด gate.stop ในสมุดบันทึกการเปิดเผย แจ้งผู้พัฒนา แล้วเริ่มเซิร์ฟเวอร์ใหม่",
				"Sharing has stopped because the two checks of the rules did not agree; see gate.stop in the ledger, tell the developers, then restart the server", nil)
		}
		return nil
	}}
}

// Identity checks the keys of a server that others know; a server that nobody
// knows yet makes its own when it is first served.
func Identity(known func(ctx context.Context) (bool, error), files Check) Check {
	return Check{Name: "identity", Title: say.Text{TH: "กุญแจที่เซิร์ฟเวอร์อื่นรู้จัก", EN: "The keys by which others know this server"}, Run: func(ctx context.Context) error {
		yes, err := known(ctx)
		if err != nil {
			return bad("อ่านรายชื่อเซิร์ฟเวอร์ไม่ได้", "The list of servers cannot be read", err)
		}
		if !yes {
			return nil
		}
		return files.Run(ctx)
	}}
}

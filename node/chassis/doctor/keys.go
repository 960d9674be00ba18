package doctor

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/node/chassis/say"
)

// KeyAge is what is known of the keys that sign for the server.
type KeyAge struct {
	Made    time.Time // of the key in use; zero: the server has none yet
	Next    time.Time // of the one that is going to be used; zero: none
	Foreign bool      // the members list has another key for us than these
	Drift   time.Time // since when our copy of the members list is not the hub's, and asking has not mended it; zero: all is well
	Strange time.Time // when the hub has last sent a list that is proved by a key that we do not know; zero: all is well
}

// Keys warns when the signing key is older than a year, or a change of it has been
// under way for longer than it can take, and fails when others hold us to a key
// that is not ours.
func Keys(now func() time.Time, look func(ctx context.Context) (KeyAge, error)) Check {
	return Check{Name: "signing", Title: say.Text{TH: "กุญแจลงนามของเซิร์ฟเวอร์", EN: "The server's signing key"}, Run: func(ctx context.Context) error {
		k, err := look(ctx)
		switch {
		case err != nil:
			return bad("อ่านกุญแจลงนามไม่ได้", "The signing key cannot be read", err)
		case k.Made.IsZero():
			return nil
		case k.Foreign:
			return bad("รายชื่อสมาชิกมีกุญแจของเราที่ไม่อยู่ในเครื่องนี้ ถ้าเพิ่งกู้ข้อมูลเก่า ให้กู้จากไฟล์สำรองที่ใหม่กว่า ถ้าไม่ใช่ อาจมีคนขโมยกุญแจ ให้โทรหาเลขานุการเครือข่ายทันที",
				"The members list has a key for us that is not on this machine. After a restore, restore a newer backup; otherwise somebody may have stolen the key: call the network's secretary at once", nil)
		case !k.Strange.IsZero():
			return &Warn{say.Text{TH: "ตั้งแต่ " + k.Strange.Format(time.DateOnly) + " เครือข่ายส่งบัญชีสมาชิกที่รับรองด้วยกุญแจที่เราไม่รู้จัก จึงไม่รับ ให้โทรหาเลขานุการเครือข่าย เทียบลายนิ้วมือ แล้วสั่ง join HUB --fingerprint F",
				EN: "On " + k.Strange.Format(time.DateOnly) + " the hub sent a members list proved by a key that we do not know; it was not taken. Telephone the network's secretary, compare the fingerprint, and run join HUB --fingerprint F"}}
		case !k.Drift.IsZero():
			return &Warn{say.Text{TH: "สำเนาบัญชีสมาชิกไม่ตรงกับของเครือข่าย เซิร์ฟเวอร์กำลังขอใหม่ ถ้ายังเห็นข้อความนี้พรุ่งนี้ ให้โทรหาเลขานุการเครือข่าย",
				EN: "Our copy of the members list is not the network's; the server asks for it again. If this is still here tomorrow, telephone the network's secretary"}}
		case !k.Next.IsZero() && now().Sub(k.Next) > 14*24*time.Hour:
			return &Warn{say.Text{TH: "เริ่มเปลี่ยนกุญแจตั้งแต่ " + k.Next.Format(time.DateOnly) + " แต่ยังไม่เสร็จ ดูด้วย key list และ fed queue",
				EN: "The key has been changing since " + k.Next.Format(time.DateOnly) + "; see key list and fed queue"}}
		case k.Next.IsZero() && now().Sub(k.Made) > 366*24*time.Hour:
			return &Warn{say.Text{TH: "กุญแจลงนามสร้างเมื่อ " + k.Made.Format(time.DateOnly) + " เก่ากว่าหนึ่งปี ให้สั่ง key rotate",
				EN: "The signing key was made on " + k.Made.Format(time.DateOnly) + ", more than a year ago; run key rotate"}}
		}
		return nil
	}}
}

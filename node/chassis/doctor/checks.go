package doctor

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/say"
)

func bad(th, en string, cause error) error {
	return say.Fail(4, say.Text{TH: th, EN: en}, cause)
}

// KeyFiles checks that every key file is there and readable by its owner only.
func KeyFiles(paths ...string) Check {
	return Check{Name: "keys", Title: say.Text{TH: "ไฟล์กุญแจ", EN: "Key files"}, Run: func(context.Context) error {
		for _, p := range paths {
			st, err := os.Stat(p)
			if errors.Is(err, fs.ErrNotExist) {
				return bad("ไม่พบไฟล์กุญแจ "+p+" ให้นำกลับมาจากไฟล์สำรอง ห้ามสร้างใหม่", "The key file "+p+" is missing; bring it back from a backup, do not make a new one", nil)
			}
			if err != nil {
				return bad("อ่านไฟล์กุญแจ "+p+" ไม่ได้", "The key file "+p+" cannot be read", err)
			}
			if st.Mode().Perm()&0o077 != 0 {
				return bad("ผู้อื่นอ่านไฟล์กุญแจ "+p+" ได้ ให้สั่ง chmod 600", "Others can read the key file "+p+"; run chmod 600 on it", nil)
			}
		}
		return nil
	}}
}

// Promises checks that the database keeps what it commits, and stores text as text.
func Promises(db *database.DB) Check {
	return Check{Name: "database", Title: say.Text{TH: "ฐานข้อมูลเก็บสิ่งที่รับไว้จริง", EN: "The database keeps what it commits"}, Run: func(ctx context.Context) error {
		if err := db.Check(ctx); err != nil {
			return bad("ตั้งค่าฐานข้อมูลไม่ปลอดภัย ให้แก้ค่าที่บอกในวงเล็บ", "The database is not set up safely; set what the brackets say", err)
		}
		return nil
	}}
}

// Collation warns where PostgreSQL does not know Thai letters.
func Collation(db *database.DB) Check {
	return Check{Name: "collation", Title: say.Text{TH: "ฐานข้อมูลรู้จักอักษรไทย", EN: "The database knows Thai letters"}, Run: func(ctx context.Context) error {
		if db.Dialect() != database.Postgres {
			return nil
		}
		var v string
		if err := db.Reader(ctx).Raw("SELECT datctype FROM pg_database WHERE datname = current_database()").Scan(&v).Error; err != nil {
			return bad("อ่าน LC_CTYPE ไม่ได้", "LC_CTYPE cannot be read", err)
		}
		if v == "C" || v == "POSIX" {
			return &Warn{say.Text{TH: "LC_CTYPE ของ PostgreSQL เป็น " + v + " ควรสร้างฐานข้อมูลใหม่ด้วย C.UTF-8 หรือ ICU",
				EN: "PostgreSQL's LC_CTYPE is " + v + "; make the database with C.UTF-8 or ICU"}}
		}
		return nil
	}}
}

// Migrations checks that the database fits the program.
func Migrations(db *database.DB, sets ...database.Set) Check {
	return Check{Name: "migrations", Title: say.Text{TH: "โครงสร้างฐานข้อมูล", EN: "Migrations"}, Run: func(ctx context.Context) error {
		steps, err := db.Plan(ctx, sets...)
		if errors.Is(err, database.ErrNewer) {
			return bad("ฐานข้อมูลใหม่กว่าโปรแกรม ให้ติดตั้งโปรแกรมรุ่นล่าสุด", "The database is newer than the program; install the latest program", err)
		}
		if err != nil {
			return bad("โครงสร้างฐานข้อมูลไม่ตรงกับโปรแกรม ให้กู้จากไฟล์สำรอง", "The migrations do not fit the program; restore a backup", err)
		}
		for _, s := range steps {
			if !s.Applied {
				return bad("ยังปรับโครงสร้างไม่ครบ ให้สำรองข้อมูลแล้วสั่ง migrate up", "Migrations are waiting; back up, then run migrate up", nil)
			}
		}
		return nil
	}}
}

// Ledger checks the whole hash chain.
func Ledger(verify func(ctx context.Context) (int, error)) Check {
	return Check{Name: "ledger", Title: say.Text{TH: "สมุดบันทึกการกระทำ", EN: "The ledger"}, Run: func(ctx context.Context) error {
		if _, err := verify(ctx); err != nil {
			return bad("สมุดบันทึกถูกแก้ไขหรือขาดหาย ให้หยุดใช้ เก็บสำเนาไว้เป็นหลักฐาน แล้วเทียบกับไฟล์สำรอง",
				"The ledger has been altered or is incomplete; stop, keep a copy as evidence, compare with a backup", err)
		}
		return nil
	}}
}

// Clock checks that the clock is not obviously wrong: not before the given
// instant (when the program was built or the last ledger line was written).
func Clock(now func() time.Time, notBefore time.Time) Check {
	return Check{Name: "clock", Title: say.Text{TH: "นาฬิกาของเครื่อง", EN: "The clock"}, Run: func(context.Context) error {
		if now().Before(notBefore.Add(-time.Minute)) {
			return bad("นาฬิกาของเครื่องช้ากว่าที่ควร ให้เปิดการตั้งเวลาอัตโนมัติ (NTP)", "The clock is behind; turn on time synchronisation (NTP)", nil)
		}
		return nil
	}}
}

// Disk checks for free space under a folder: it fails under 200 MB and warns under 1 GB.
func Disk(dir string) Check {
	return Check{Name: "disk", Title: say.Text{TH: "พื้นที่ว่างในดิสก์", EN: "Free disk space"}, Run: func(context.Context) error {
		var st syscall.Statfs_t
		if err := syscall.Statfs(dir, &st); err != nil {
			return bad("ดูพื้นที่ว่างของ "+dir+" ไม่ได้", "The free space of "+dir+" cannot be read", err)
		}
		free := st.Bavail * uint64(st.Bsize) / 1_000_000 //nolint:gosec // a block size is positive
		switch {
		case free < 200:
			return bad("ดิสก์เหลือไม่ถึง 200 MB ให้เพิ่มพื้นที่หรือย้ายไฟล์สำรองเก่าออก", "Less than 200 MB are free; add space or move old backups away", nil)
		case free < 1000:
			return &Warn{say.Text{TH: "ดิสก์เหลือไม่ถึง 1 GB", EN: "Less than 1 GB is free"}}
		}
		return nil
	}}
}

// Backups warns when the newest backup (*.age) in the folder is older than a day.
func Backups(dir string, now func() time.Time) Check {
	return Check{Name: "backup", Title: say.Text{TH: "ไฟล์สำรองล่าสุด", EN: "The newest backup"}, Run: func(context.Context) error {
		var newest time.Time
		files, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return bad("เปิดโฟลเดอร์ไฟล์สำรองไม่ได้", "The backup folder cannot be opened", err)
		}
		for _, f := range files {
			if !strings.HasSuffix(f.Name(), ".age") {
				continue
			}
			if st, err := os.Stat(filepath.Join(dir, f.Name())); err == nil && st.ModTime().After(newest) {
				newest = st.ModTime()
			}
		}
		if newest.IsZero() {
			return &Warn{say.Text{TH: "ยังไม่มีไฟล์สำรอง ให้สั่ง backup create", EN: "There is no backup yet; run backup create"}}
		}
		if now().Sub(newest) > 26*time.Hour {
			return &Warn{say.Text{TH: "ไฟล์สำรองล่าสุดเก่ากว่าหนึ่งวัน ให้สั่ง backup create และตั้งเวลา", EN: "The newest backup is older than a day; run backup create, and on a timer"}}
		}
		return nil
	}}
}

// Queue warns when the longest-waiting due job has waited over ten minutes, and
// fails after a day.
func Queue(oldest func(ctx context.Context) (time.Duration, error)) Check {
	return Check{Name: "queue", Title: say.Text{TH: "งานที่รอทำ", EN: "Waiting jobs"}, Run: func(ctx context.Context) error {
		age, err := oldest(ctx)
		switch {
		case err != nil:
			return bad("อ่านคิวงานไม่ได้", "The queue cannot be read", err)
		case age > 24*time.Hour:
			return bad("มีงานรอเกินหนึ่งวัน ตรวจว่าเซิร์ฟเวอร์เปิดอยู่และดูบันทึก", "A job has waited for more than a day; see that the server runs and look at its log", nil)
		case age > 10*time.Minute:
			return &Warn{say.Text{TH: "มีงานรอเกินสิบนาที", EN: "A job has waited for more than ten minutes"}}
		}
		return nil
	}}
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"github.com/saphan-network/saphan/node/chassis/backup"
	"github.com/saphan-network/saphan/node/chassis/config"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/say"
	"github.com/saphan-network/saphan/node/chassis/station"
)

type opener struct{ identity, passphrase string }

func (o *opener) flags(s *Shell, c *cobra.Command, create bool) {
	if !create {
		c.Flags().StringVar(&o.identity, "identity", "", s.T("ไฟล์กุญแจลับ age", "file with the age secret key"))
	}
	c.Flags().StringVar(&o.passphrase, "passphrase-file", "", s.T("ไฟล์ที่มีวลีรหัสผ่านแทนกุญแจ", "file with a passphrase, instead of a key"))
}

func noOpener() error {
	return say.Fail(ExitUsage, say.Text{TH: "ต้องระบุ --identity หรือ --passphrase-file", EN: "--identity or --passphrase-file is needed"}, nil)
}

func (o opener) phrase() (string, error) {
	b, err := os.ReadFile(o.passphrase)
	phrase := strings.TrimSpace(string(b))
	if err == nil && len(phrase) < 12 {
		err = errors.New("shorter than 12 characters")
	}
	if err != nil {
		return "", say.Fail(ExitUsage, say.Text{TH: "ใช้ไฟล์วลีรหัสผ่านไม่ได้", EN: "The passphrase file cannot be used"}, err)
	}
	return phrase, nil
}

func (o opener) identities() ([]age.Identity, error) {
	switch {
	case o.passphrase != "":
		phrase, err := o.phrase()
		if err != nil {
			return nil, err
		}
		id, err := age.NewScryptIdentity(phrase)
		return []age.Identity{id}, err
	case o.identity != "":
		f, err := os.Open(o.identity)
		if err != nil {
			return nil, say.Fail(ExitUsage, say.Text{TH: "เปิดไฟล์กุญแจลับไม่ได้", EN: "The secret key file cannot be opened"}, err)
		}
		defer func() { _ = f.Close() }()
		ids, err := age.ParseIdentities(f)
		if err != nil {
			return nil, say.Fail(ExitUsage, say.Text{TH: "ไฟล์กุญแจลับไม่ใช่กุญแจ age", EN: "The secret key file holds no age key"}, nil)
		}
		return ids, nil
	}
	return nil, noOpener()
}

func (o opener) recipients(v config.Values) ([]age.Recipient, error) {
	if o.passphrase != "" {
		phrase, err := o.phrase()
		if err != nil {
			return nil, err
		}
		r, err := age.NewScryptRecipient(phrase)
		return []age.Recipient{r}, err
	}
	if v.Text("backup.recipient") == "" {
		return nil, say.Fail(ExitUsage, say.Text{TH: "ยังไม่ได้ตั้ง backup.recipient ไฟล์สำรองต้องเข้ารหัสเสมอ", EN: "backup.recipient is not set; a backup is always encrypted"}, nil)
	}
	r, err := age.ParseX25519Recipient(v.Text("backup.recipient"))
	if err != nil {
		return nil, say.Fail(ExitUsage, say.Text{TH: "backup.recipient ไม่ใช่กุญแจ age", EN: "backup.recipient is not an age key"}, nil)
	}
	return []age.Recipient{r}, nil
}

func (s *Shell) backupCommand() *cobra.Command {
	var o opener
	var output, to string
	create := &cobra.Command{Use: "create", Args: cobra.NoArgs, Short: s.T("สำรองข้อมูลทั้งหมดเป็นไฟล์เข้ารหัสไฟล์เดียว ทำได้ขณะเปิดใช้", "Back everything up into one encrypted file; the server may be running"),
		RunE: func(c *cobra.Command, _ []string) error {
			return s.with(c, func(b *Base) error { return s.createBackup(c.Context(), b, o, output) })
		}}
	o.flags(s, create, true)
	create.Flags().StringVar(&output, "output", "", s.T("ไฟล์ผลลัพธ์ (ปกติอยู่ใน backup.dir)", "the file to write (by default in backup.dir)"))
	verify := &cobra.Command{Use: "verify FILE", Args: cobra.ExactArgs(1), Short: s.T("ลองกู้ไฟล์สำรองลงที่ชั่วคราวแล้วตรวจทุกอย่าง", "Restore a backup to a throw-away place and check everything"),
		RunE: func(c *cobra.Command, args []string) error { return s.verifyBackup(c.Context(), args[0], o) }}
	o.flags(s, verify, false)
	restore := &cobra.Command{Use: "restore FILE", Args: cobra.ExactArgs(1), Short: s.T("กู้ลงโฟลเดอร์ว่างและฐานข้อมูลว่างเท่านั้น", "Restore into an empty folder and an empty database"),
		RunE: func(c *cobra.Command, args []string) error { return s.restoreBackup(c, args[0], to, o) }}
	o.flags(s, restore, false)
	restore.Flags().StringVar(&to, "to", "", s.T("โฟลเดอร์ข้อมูลใหม่ (ต้องว่าง)", "the new data folder (must be empty)"))
	return group("backup", s.T("สำรองและกู้ข้อมูล", "Backups"), create, verify, restore)
}

func (s *Shell) createBackup(ctx context.Context, b *Base, o opener, output string) (err error) {
	rs, err := o.recipients(b.Values)
	if err != nil {
		return err
	}
	if output == "" {
		output = filepath.Join(b.Values.Text("backup.dir"), s.Program.Spec.Program+"-"+s.Now().UTC().Format("20060102-150405")+".age")
	}
	if err := os.MkdirAll(filepath.Dir(output), 0o700); err != nil {
		return say.Fail(ExitFailed, say.Text{TH: "สร้างโฟลเดอร์ไฟล์สำรองไม่ได้", EN: "The backup folder cannot be made"}, err)
	}
	if _, err := os.Stat(output); err == nil {
		return say.Fail(ExitConflict, say.Text{TH: "มี %s อยู่แล้ว จะไม่เขียนทับ", EN: "%s is already there and will not be overwritten"}.With(output), nil)
	}
	part := output + ".part"
	_ = os.Remove(part)                                                   // of an attempt that was cut off
	f, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the operator's path; a link there is not followed
	if err != nil {
		return say.Fail(ExitFailed, say.Text{TH: "เขียนไฟล์สำรองไม่ได้", EN: "The backup cannot be written"}, err)
	}
	src := backup.Source{Program: s.Program.Spec.Program, Version: s.Program.Version, DB: b.DB, Sets: s.Program.Sets, Files: backupFiles(b.Values), Now: s.Now}
	m, err := backup.Create(ctx, src, rs, f)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(part, output)
	}
	if err != nil {
		_ = os.Remove(part)
		return say.Fail(ExitFailed, say.Text{TH: "สำรองข้อมูลไม่สำเร็จ", EN: "The backup failed"}, err)
	}
	return s.tellBackup(output, m)
}

func (s *Shell) tellBackup(file string, m backup.Manifest) error {
	var rows int64
	for _, t := range m.Tables {
		rows += t.Rows
	}
	res := map[string]any{"file": file, "at": m.Header.At, "tables": len(m.Tables), "rows": rows}
	return s.Print(res, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, s.T("%s: %d ตาราง %d แถว ณ %s\n", "%s: %d tables, %d rows, as of %s\n"), file, len(m.Tables), rows, m.Header.At.Format("2006-01-02 15:04:05Z"))
		return err
	})
}

// backupFiles are the files without which the rows cannot be read.
func backupFiles(v config.Values) map[string]string {
	out := map[string]string{"vault.key": v.Text("vault.key_file")}
	if len(Keys(v)) > 1 {
		out["database.key"] = v.Text("database.key_file")
	}
	if v.File != "" {
		out["config.toml"] = v.File
	}
	for _, p := range station.KeyFiles(ActorKey(v)) { // while the key is being changed there are two
		out[filepath.Base(p)] = p
	}
	for _, extra := range []string{"policy.key"} { // only where the server keeps them as files
		p := filepath.Join(v.Text("data_dir"), extra)
		if _, err := os.Stat(p); err == nil {
			out[extra] = p
		}
	}
	return out
}

func open(file string) (*os.File, error) {
	f, err := os.Open(file) //nolint:gosec // the operator's path
	if err != nil {
		return nil, say.Fail(ExitFailed, say.Text{TH: "เปิดไฟล์สำรองไม่ได้", EN: "The backup cannot be opened"}, err)
	}
	return f, nil
}

func (s *Shell) verifyBackup(ctx context.Context, file string, o opener) error {
	ids, err := o.identities()
	if err != nil {
		return err
	}
	f, err := open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	m, err := backup.Verify(ctx, f, ids, os.TempDir(), s.Program.Sets)
	if err != nil {
		return restoreError(err)
	}
	return s.tellBackup(file, m)
}

func restoreError(err error) error {
	switch {
	case errors.Is(err, backup.ErrNotEmpty):
		return say.Fail(ExitConflict, say.Text{TH: "ที่ที่จะกู้ลงไม่ว่าง ต้องใช้โฟลเดอร์ว่างและฐานข้อมูลว่าง", EN: "The place to restore to is not empty; use an empty folder and an empty database"}, nil)
	case errors.Is(err, backup.ErrOther):
		return say.Fail(ExitCheck, say.Text{TH: "ไฟล์สำรองนี้ทำจากโปรแกรมรุ่นอื่น ให้กู้ด้วยรุ่นนั้นแล้วค่อยปรับรุ่น", EN: "The backup was made by another version; restore with that version, then upgrade"}, nil)
	}
	return say.Fail(ExitCheck, say.Text{TH: "ไฟล์สำรองเสียหาย หรือกุญแจไม่ตรง", EN: "The backup is damaged, or the key is not the right one"}, err)
}

func (s *Shell) restoreBackup(c *cobra.Command, file, to string, o opener) error {
	if to == "" {
		return say.Fail(ExitUsage, say.Text{TH: "ต้องระบุโฟลเดอร์ใหม่ด้วย --to", EN: "The new folder is needed: --to"}, nil)
	}
	ids, err := o.identities()
	if err != nil {
		return err
	}
	f, err := open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	url := *s.flags["database.url"]
	m, err := backup.Restore(c.Context(), f, ids, backup.Target{Dir: to, Sets: s.Program.Sets, Open: func(ctx context.Context, dir string) (*database.DB, error) {
		flags := map[string]string{"data_dir": dir, "database.url": "sqlite:" + filepath.Join(dir, "saphan.db"),
			"database.key_file": filepath.Join(dir, "database.key"), "vault.key_file": filepath.Join(dir, "vault.key")}
		if url != "" {
			flags["database.url"] = url
		}
		v, err := s.Program.Spec.Load(config.Inputs{Flags: flags})
		if err != nil {
			return nil, err
		}
		return OpenDatabase(ctx, v)
	}})
	if err != nil {
		return restoreError(err)
	}
	return s.tellBackup(file, m)
}

// Package config declares every setting of a server once, and reads it from
// flags, the environment, files of secrets, the configuration file and the
// defaults, in this order.
package config

import (
	"strings"

	"github.com/saphan-network/saphan/node/chassis/say"
)

// Kind says how a value is written.
type Kind string

// The kinds of settings.
const (
	Text     Kind = "text"
	Switch   Kind = "switch"   // true or false
	Duration Kind = "duration" // 30m, 12h
	List     Kind = "list"     // separated by commas
	Path     Kind = "path"     // a file or folder
)

// Setting is one declared setting.
type Setting struct {
	Name    string // database.url; also the key in the file
	Kind    Kind
	Default string   // {data_dir} stands for the value of data_dir
	Choices []string // the only values, if any
	Secret  bool     // never printed; may come from a NAME_FILE variable
	Help    say.Text
}

// Spec is the declaration of one program's settings.
type Spec struct {
	Program  string // "saphan-node" or "saphan-hub"
	Prefix   string // of environment variables
	Settings []Setting
}

// Flag is the setting's name on the command line, without the dashes.
func (Spec) Flag(s Setting) string { return strings.ReplaceAll(s.Name, "_", "-") }

// Env is the setting's environment variable.
func (p Spec) Env(s Setting) string {
	return p.Prefix + strings.ToUpper(strings.ReplaceAll(s.Name, ".", "_"))
}

// Node declares the settings of a member's node.
func Node() Spec {
	return Spec{Program: "saphan-node", Prefix: "SAPHAN_NODE_", Settings: append(settings("/var/lib/saphan-node", "127.0.0.1:8081", "127.0.0.1:9081"),
		Setting{Name: "federation.list_bound", Kind: Duration, Default: "1080h", Help: say.Text{
			TH: "รายชื่อสมาชิกที่ศูนย์กลางไม่ได้ยืนยันนานเท่านี้ถือว่าใช้ไม่ได้ หยุดส่งถึงองค์กรอื่นจนกว่าจะยืนยัน (1080h คือ 45 วัน)",
			EN: "A members list that the hub has not confirmed for so long counts for nothing: nothing goes to members until it does. 1080h is 45 days."}})}
}

// Hub declares the settings of the secretariat's hub.
func Hub() Spec {
	return Spec{Program: "saphan-hub", Prefix: "SAPHAN_HUB_", Settings: settings("/var/lib/saphan-hub", "127.0.0.1:8080", "127.0.0.1:9080")}
}

func settings(dir, listen, admin string) []Setting {
	return []Setting{
		{Name: "base_url", Kind: Text, Help: say.Text{
			TH: "ที่อยู่เว็บที่คนภายนอกใช้ เช่น https://clinic.example.org เป็นตัวตนในเครือข่าย ตั้งแล้วห้ามเปลี่ยน",
			EN: "The address under which others reach this server, such as https://clinic.example.org. It is its identity in the network: never change it."}},
		{Name: "listen", Kind: Text, Default: listen, Help: say.Text{
			TH: "ที่อยู่และพอร์ตที่รับหน้าเว็บและข้อความจากเครือข่าย", EN: "Address and port for pages and for the network's messages."}},
		{Name: "admin_listen", Kind: Text, Default: admin, Help: say.Text{
			TH: "ที่อยู่สำหรับ /livez /readyz /metrics ใช้ภายในเครื่องเท่านั้น ค่าว่างคือปิด", EN: "Address for /livez, /readyz and /metrics; keep it on loopback. Empty turns it off."}},
		{Name: "data_dir", Kind: Path, Default: dir, Help: say.Text{
			TH: "โฟลเดอร์ข้อมูลของเซิร์ฟเวอร์นี้", EN: "The folder of this server's data."}},
		{Name: "database.url", Kind: Text, Default: "sqlite:{data_dir}/saphan.db", Secret: true, Help: say.Text{
			TH: "ฐานข้อมูล: sqlite:PATH หรือ postgres://…?search_path=SCHEMA", EN: "The database: sqlite:PATH or postgres://…?search_path=SCHEMA."}},
		{Name: "database.key_file", Kind: Path, Default: "{data_dir}/database.key", Help: say.Text{
			TH: "ไฟล์กุญแจที่เข้ารหัสไฟล์ SQLite ทั้งไฟล์ (สิทธิ์ 0600)", EN: "Key file that encrypts the whole SQLite file (mode 0600). Not used with PostgreSQL."}},
		{Name: "vault.key_file", Kind: Path, Default: "{data_dir}/vault.key", Help: say.Text{
			TH: "ไฟล์กุญแจหลักที่ปิดผนึกข้อมูลส่วนบุคคล (สิทธิ์ 0600)", EN: "Master key file that seals personal data (mode 0600)."}},
		{Name: "org.name", Kind: Text, Help: say.Text{TH: "ชื่อองค์กรเป็นภาษาไทย", EN: "The organisation's name in Thai."}},
		{Name: "org.name_en", Kind: Text, Help: say.Text{TH: "ชื่อองค์กรเป็นภาษาอังกฤษ", EN: "The organisation's name in English."}},
		{Name: "language", Kind: Text, Default: "th", Choices: []string{"th", "en"}, Help: say.Text{
			TH: "ภาษาของหน้าเว็บก่อนที่ผู้ใช้จะเลือกเอง", EN: "Language of pages for people who have not chosen one."}},
		{Name: "log.level", Kind: Text, Default: "info", Choices: []string{"debug", "info", "warn", "error"}, Help: say.Text{
			TH: "ระดับบันทึกการทำงาน", EN: "How much is logged."}},
		{Name: "log.format", Kind: Text, Default: "json", Choices: []string{"json", "text"}, Help: say.Text{
			TH: "รูปแบบบันทึกการทำงาน", EN: "Form of the log on standard error."}},
		{Name: "session.idle", Kind: Duration, Default: "30m", Help: say.Text{
			TH: "ไม่ใช้งานนานเท่านี้ต้องเข้าสู่ระบบใหม่", EN: "A session unused for so long has ended."}},
		{Name: "session.absolute", Kind: Duration, Default: "12h", Help: say.Text{
			TH: "การเข้าใช้หนึ่งครั้งนานที่สุดเท่านี้", EN: "No session lives longer."}},
		{Name: "trusted_proxies", Kind: List, Help: say.Text{
			TH: "ที่อยู่ของพร็อกซีที่เชื่อ X-Forwarded-For ได้ (IP หรือ CIDR)", EN: "Proxies whose X-Forwarded-For is believed (addresses or CIDR). Empty: none."}},
		{Name: "federation.allow_private", Kind: Switch, Default: "false", Help: say.Text{
			TH: "ยอมติดต่อที่อยู่ภายในเครื่อง ใช้กับการสาธิตเท่านั้น", EN: "Lets the server talk to private addresses over plain HTTP. For a demonstration on loopback only."}},
		{Name: "policy.rows", Kind: Path, Help: say.Text{
			TH: "ไฟล์ CSV ของกฎขององค์กรเอง ห้ามเพิ่มจากกฎของเครือข่ายได้เท่านั้น ค่าว่างคือไม่มี", EN: "CSV file with the organisation's own rules: they can only forbid more than the network's. Empty: none."}},
		{Name: "backup.dir", Kind: Path, Default: "{data_dir}/backups", Help: say.Text{
			TH: "โฟลเดอร์เก็บไฟล์สำรอง", EN: "Where backups are put."}},
		{Name: "backup.recipient", Kind: Text, Help: say.Text{
			TH: "กุญแจสาธารณะ age (age1…) ที่ใช้เข้ารหัสไฟล์สำรอง เก็บกุญแจลับไว้นอกเครื่องนี้", EN: "The age public key (age1…) to which backups are encrypted. Keep its secret key off this machine."}},
	}
}

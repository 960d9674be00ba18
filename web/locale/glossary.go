package locale

// Term is one thing with its one name in both languages.
type Term struct {
	English string // pattern, matched as whole words without regard to case
	Thai    string // stands in the Thai message whenever English stands in the English one
}

// Glossary returns the terms that are held to be consistent.
func Glossary() []Term {
	return []Term{
		{"consent(s|ed)?", "ยินยอม"},
		{"caseworkers?", "ผู้ดูแลรายกรณี"},
		{"referrals?", "ส่งต่อ"},
		{"secretar(y|iat)", "เลขานุการ"},
		{"supervisors?", "หัวหน้างาน"},
		{"interpreters?", "ล่าม"},
		{"lessons?", "บทเรียน"},
		{"passwords?", "รหัส"},
		{"one-time link", "ลิงก์"},
		{"disclosure ledger", "สมุดบันทึก"},
	}
}

// Wrong returns Thai words that are not used, with the word to use instead.
func Wrong() map[string]string {
	return map[string]string{
		"บันทึกข้อความ":    "บันทึกเคส (บันทึกข้อความ is the form of an internal memorandum)",
		"พื้นฐานตามกฎหมาย": "ฐานทางกฎหมาย",
		"ล็อกอิน":          "เข้าสู่ระบบ",
		"ล็อกเอาท์":        "ออกจากระบบ",
		"พาสเวิร์ด":        "รหัสผ่าน",
		"ยูสเซอร์":         "ชื่อผู้ใช้",
		"เซิร์ฟเวอร์":      "เครื่อง",
		"เคสเวิร์กเกอร์":   "ผู้ดูแลรายกรณี",
		"ดาต้า":            "ข้อมูล",
	}
}

package model

import (
	"testing"
	"time"

	"comptoir/order"
	"comptoir/shop"
)

func TestTimes(t *testing.T) {
	now := at("12:17")
	for _, tt := range []struct {
		at     time.Time
		fr, en string
	}{
		{at("12:20"), "12 h 20", "12:20"},
		{at("09:05"), "9 h 05", "9:05"},
		{at("12:00"), "12 h 00", "12:00"},
		{at("00:13").AddDate(0, 0, 1), "0 h 13", "0:13"}, // near: a day would only confuse
		{at("11:00").AddDate(0, 0, 1), "Demain, 11 h 00", "Tomorrow, 11:00"},
		{at("11:30").AddDate(0, 0, 2), "Mercredi, 11 h 30", "Wednesday, 11:30"},
		{at("11:30").AddDate(0, 0, 10), "3 déc., 11 h 30", "Dec 3, 11:30"},
		{at("11:30").AddDate(0, 0, -2), "21 nov., 11 h 30", "Nov 21, 11:30"},
		{at("11:30").AddDate(0, 0, -1), "Hier, 11 h 30", "Yesterday, 11:30"},
	} {
		zone := NewSettings([]shop.Location{plateau}).zone()
		same(t, "fr", wordsOf(t, French).When(tt.at.In(zone), now.In(zone)), tt.fr)
		same(t, "en", wordsOf(t, English).When(tt.at.In(zone), now.In(zone)), tt.en)
	}
}

func TestDurations(t *testing.T) {
	for minutes, want := range map[int][2]string{
		0: {"0 min", "0 min"}, 18: {"18 min", "18 min"}, 60: {"60 min", "60 min"}, 61: {"1 h 01", "1 h 01"},
		120: {"2 h", "2 h"}, 130: {"2 h 10", "2 h 10"}, 2879: {"47 h 59", "47 h 59"}, 2880: {"2 jours", "2 days"},
	} {
		same(t, "fr", wordsOf(t, French).Duration(minutes), want[0])
		same(t, "en", wordsOf(t, English).Duration(minutes), want[1])
	}
}

func TestMoney(t *testing.T) {
	for _, tt := range []struct {
		amount   order.Money
		currency string
		fr, en   string
	}{
		{2450, "CAD", "24,50 $", "$24.50"},
		{5, "CAD", "0,05 $", "$0.05"},
		{0, "CAD", "0,00 $", "$0.00"},
		{-2450, "CAD", "−24,50 $", "−$24.50"},
		{123456789, "CAD", "1 234 567,89 $", "$1,234,567.89"},
		{2450, "USD", "24,50 $ US", "$24.50"},
		{2450, "EUR", "24,50 €", "€24.50"},
		{2450, "GBP", "24,50 £", "£24.50"},
		{2450, "JPY", "2 450 ¥", "¥2,450"},
		{2450, "KWD", "2,450 KWD", "KWD 2.450"},
		{-1, "CHF", "−0,01 CHF", "−CHF 0.01"},
		{-1 << 63, "CAD", "−92 233 720 368 547 758,08 $", "−$92,233,720,368,547,758.08"},
	} {
		same(t, tt.currency+" fr", wordsOf(t, French).Money(tt.amount, tt.currency), tt.fr)
		same(t, tt.currency+" en", wordsOf(t, English).Money(tt.amount, tt.currency), tt.en)
	}
	if got := wordsOf(t, French).Money(2450, "CAD"); got != "24,50\u00a0$" {
		t.Errorf("%q breaks before the sign", got)
	}
}

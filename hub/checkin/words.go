package checkin

// words are the page's, by key: each State has a title, and a text behind "_text".
type words map[string]string

// texts are the words by language. Both have the same keys.
func texts() map[string]words {
	return map[string]words{
		"en": {
			"order": "Order", "outside": "Curbside pickup", "language": "Français",
			"asking": "Are you here?", "asking_text": "Tell us when you are outside, and we bring your order out to you.",
			"known": "We know you are here", "known_text": "Please stay where you are. We bring your order out to you.",
			"early": "Your order is not confirmed yet", "early_text": "Please try again in a few minutes. You can then tell us here that you are outside.",
			"over": "Your order was handed over", "over_text": "There is nothing more to do. If something is missing, please speak to the shop.",
			"cancelled": "Your order was cancelled", "cancelled_text": "You do not need to wait. If you did not expect this, please speak to the shop, or to the service where you ordered.",
			"unknown": "This link does not work", "unknown_text": "It may be incomplete, or too old. Open it again from the message that you received, or speak to the shop.",
			"busy": "One moment, please", "busy_text": "Too many requests came from here. Please try again in a minute.",
			"failed": "That did not work", "failed_text": "Please try again. If it still does not work, please speak to the shop.",
			"vehicle": "Vehicle", "vehicle_hint": "For example: grey Mazda CX-5", "vehicle_known": "Already noted. Fill this in only to change it.",
			"spot": "Spot", "spot_hint": "Its number, or where you are waiting", "spot_known": "Already noted. Fill this in only to change it.",
			"optional": "optional", "here": "I am here", "correct": "Correct vehicle or spot", "send": "Send the correction", "again": "Try again",
		},
		"fr": {
			"order": "Commande", "outside": "Retrait à l’extérieur", "language": "English",
			"asking": "Vous êtes là ?", "asking_text": "Dites-le-nous quand vous êtes dehors, et nous vous apportons votre commande.",
			"known": "Nous savons que vous êtes là", "known_text": "Restez où vous êtes. Nous vous apportons votre commande.",
			"early": "Votre commande n’est pas encore confirmée", "early_text": "Réessayez dans quelques minutes. Vous pourrez alors nous dire ici que vous êtes dehors.",
			"over": "Votre commande a été remise", "over_text": "Il n’y a plus rien à faire. S’il manque quelque chose, adressez-vous au commerce.",
			"cancelled": "Votre commande a été annulée", "cancelled_text": "Inutile d’attendre. Si cela vous surprend, adressez-vous au commerce ou au service où vous avez commandé.",
			"unknown": "Ce lien ne fonctionne pas", "unknown_text": "Il est peut-être incomplet ou trop ancien. Ouvrez-le de nouveau depuis le message reçu, ou adressez-vous au commerce.",
			"busy": "Un instant, s’il vous plaît", "busy_text": "Trop de demandes sont venues d’ici. Réessayez dans une minute.",
			"failed": "Cela n’a pas fonctionné", "failed_text": "Réessayez. Si cela ne fonctionne toujours pas, adressez-vous au commerce.",
			"vehicle": "Véhicule", "vehicle_hint": "Par exemple : Mazda CX-5 grise", "vehicle_known": "Déjà noté. À remplir seulement s’il change.",
			"spot": "Place", "spot_hint": "Son numéro, ou l’endroit où vous attendez", "spot_known": "Déjà notée. À remplir seulement si elle change.",
			"optional": "facultatif", "here": "Je suis là", "correct": "Corriger le véhicule ou la place", "send": "Envoyer la correction", "again": "Réessayer",
		},
	}
}

// Invitation writes the message that takes a link to its customer.
func Invitation(shop, number, address, language string) (subject, text string) {
	if language == "fr" {
		return shop + "\u00a0: dites-nous quand vous êtes là",
			"Commande " + number + ", " + shop + ". Quand vous êtes dehors, dites-le-nous ici, et nous vous l’apportons\u00a0: " + address
	}
	return shop + ": tell us when you are here",
		"Order " + number + ", " + shop + ". When you are outside, tell us here and we bring it to you: " + address
}

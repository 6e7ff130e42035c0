package sandbox

// words are the page's, by key.
type words map[string]string

// texts are the words by language. Both have the same keys.
func texts() map[string]words {
	return map[string]words{
		"en": {
			"title": "Sandbox of the platforms", "intro": "Made-up orders, sent as the platforms send them, and every call of the hub checked against their contracts.",
			"language": "Français", "pause": "Pause this page", "resume": "Refresh by itself",
			"rate": "Orders by themselves", "per_minute": "per minute", "none_rate": "None", "now": "now:",
			"send": "Send an order now", "any": "Any", "last": "The last order", "cancel": "Cancel it", "change": "Change it",
			"fail": "Make the platform fail, for so many calls", "fail_500": "Error 500", "fail_429": "Too many calls (429)", "fail_hang": "No answer",
			"once": "1 call", "calls": "calls", "heal": "All is well again", "failing": "more calls are going to fail",
			"pickup": "Pickup", "delivery": "Delivery", "eat_in": "Eat-in", "curbside": "Curbside", "drive_through": "Drive-through",
			"store_delivery": "Delivery by the store", "soon": "Soon", "scheduled": "Scheduled", "tight": "Late already",
			"orders": "Last orders", "no_orders": "None yet.", "promised": "promised", "message_order": "Order", "message_cancel": "Cancellation",
			"message_change": "Change", "answered": "the hub answered", "no_answer": "no answer",
			"allowed": "allowed", "refused": "refused because", "faulted": "made to fail", "answer": "answer", "hang": "none",
			"store": "The store, as the platform knows it", "store_open": "It takes orders.", "store_paused": "Paused.", "store_paused_until": "Paused until",
			"store_preparation": "Preparation:", "store_out": "Out of stock:",
			"strays": "Other calls", "no_calls": "The platform has got no call about it yet.", "got": "Calls of the hub",
			"check_in": "The customer's phone: “I am here”",
			"printers": "Printers", "printers_intro": "Simulated kitchen printers. To try one, add it on the terminal: Printers > Add, with its address.",
			"printer_paper": "Paper out", "printer_cover": "Cover open", "printer_off": "Switched off", "printer_busy": "Busy (held by another)",
			"printer_silent": "Takes everything and answers nothing", "printer_mend": "Mend", "printer_well": "All is well.",
			"printer_is_paper": "No paper: what comes waits in it.", "printer_is_cover": "Its cover is open: what comes waits in it.",
			"printer_is_off": "It is switched off: who calls is cut off.", "printer_is_busy": "Another program holds it: whoever comes now waits.",
			"printer_is_silent": "It prints what comes and says nothing.",
			"ticket":            "Ticket of", "no_tickets": "No ticket yet.", "incomplete": "incomplete",
			"said_none":      "There is no order of which that can be said. DoorDash cancels and changes what the store has confirmed.",
			"said_not_ready": "The hub is not up yet: try again in a moment.",
		},
		"fr": {
			"title": "Bac à sable des plateformes", "intro": "Des commandes inventées, envoyées comme le font les plateformes; chaque appel du concentrateur est vérifié selon leurs contrats.",
			"language": "English", "pause": "Figer cette page", "resume": "Actualiser toute seule",
			"rate": "Commandes automatiques", "per_minute": "par minute", "none_rate": "Aucune", "now": "en ce moment :",
			"send": "Envoyer une commande", "any": "Au hasard", "last": "La dernière commande", "cancel": "L'annuler", "change": "La modifier",
			"fail": "Faire échouer la plateforme, pour tant d'appels", "fail_500": "Erreur 500", "fail_429": "Trop d'appels (429)", "fail_hang": "Aucune réponse",
			"once": "1 appel", "calls": "appels", "heal": "Tout va bien", "failing": "appels vont encore échouer",
			"pickup": "Retrait", "delivery": "Livraison", "eat_in": "Sur place", "curbside": "À l'extérieur", "drive_through": "Service au volant",
			"store_delivery": "Livraison par le magasin", "soon": "Bientôt", "scheduled": "Programmée", "tight": "Déjà en retard",
			"orders": "Dernières commandes", "no_orders": "Aucune pour le moment.", "promised": "promise", "message_order": "Commande", "message_cancel": "Annulation",
			"message_change": "Modification", "answered": "le concentrateur a répondu", "no_answer": "pas de réponse",
			"allowed": "permis", "refused": "refusé :", "faulted": "échec demandé", "answer": "réponse", "hang": "aucune",
			"store": "Le magasin, tel que la plateforme le connaît", "store_open": "Il prend des commandes.", "store_paused": "En pause.", "store_paused_until": "En pause jusqu'à",
			"store_preparation": "Préparation :", "store_out": "Rupture de stock :",
			"strays": "Autres appels", "no_calls": "La plateforme n'a encore reçu aucun appel à son sujet.", "got": "Appels du concentrateur",
			"check_in": "Le téléphone du client : « Je suis là »",
			"printers": "Imprimantes", "printers_intro": "Des imprimantes de cuisine simulées. Pour en essayer une, l'ajouter à la caisse : Imprimantes > Ajouter, avec son adresse.",
			"printer_paper": "Plus de papier", "printer_cover": "Capot ouvert", "printer_off": "Éteinte", "printer_busy": "Occupée (par un autre)",
			"printer_silent": "Prend tout et ne répond rien", "printer_mend": "Remettre en état", "printer_well": "Tout va bien.",
			"printer_is_paper": "Plus de papier : ce qui arrive y attend.", "printer_is_cover": "Capot ouvert : ce qui arrive y attend.",
			"printer_is_off": "Éteinte : qui l'appelle est coupé.", "printer_is_busy": "Un autre programme l'occupe : qui arrive attend.",
			"printer_is_silent": "Elle imprime ce qui arrive et ne dit rien.",
			"ticket":            "Ticket de", "no_tickets": "Aucun ticket pour le moment.", "incomplete": "incomplet",
			"said_none":      "Il n'y a pas de commande à qui cela s'applique. DoorDash annule et modifie ce que le magasin a confirmé.",
			"said_not_ready": "Le concentrateur n'est pas encore prêt : réessayez dans un instant.",
		},
	}
}

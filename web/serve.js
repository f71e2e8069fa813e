/*
 * What the pages do beyond what they do without any script: a page that is
 * still in the making follows along, a form that changes a part of its page
 * changes that alone, and an upload shows how far it is. Markup only ever comes
 * from this server, as whole documents, and is never made of text.
 */
const fetchDocument = (url) =>
	new Promise((done, failed) => {
		const request = new XMLHttpRequest();
		request.open("GET", url);
		request.responseType = "document";
		request.onload = () => (request.response ? done(request.response) : failed());
		request.onerror = failed;
		request.send();
	});

const replace = (selector, from) => {
	const old = document.querySelector(selector), fresh = from.querySelector(selector);
	if (!old || !fresh)
		return null;
	const focused = document.activeElement?.id;
	old.replaceWith(document.adoptNode(fresh));
	if (focused)
		document.getElementById(focused)?.focus({ preventScroll: true });
	return fresh;
};

const follow = () => {
	const main = document.querySelector("main[data-live]");
	if (!main)
		return;
	setTimeout(async () => {
		if (document.hidden)
			return follow();
		try {
			const fresh = await fetchDocument(location.href);
			replace("header nav", fresh);
			replace("main", fresh);
			document.title = fresh.title;
			prepare();
		} catch {
			/* The server is gone for now; it is asked again. */
		}
		follow();
	}, Number(main.dataset.live));
};

const swap = (form) => {
	let wanted = null, busy = false;
	const ask = async () => {
		busy = true;
		while (wanted) {
			const url = wanted;
			wanted = null;
			try {
				replace(form.dataset.swap, await fetchDocument(url));
				history.replaceState(null, "", url);
			} catch {
				location.assign(url);
			}
		}
		busy = false;
	};
	const change = (event) => {
		event.preventDefault();
		wanted = location.pathname + "?" + new URLSearchParams(new FormData(form));
		if (!busy)
			ask();
	};
	form.addEventListener("input", change);
	form.addEventListener("submit", change);
};

const upload = (form) => {
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		const button = form.querySelector("button"), bar = document.createElement("progress");
		const told = document.createElement("p"), request = new XMLHttpRequest();
		bar.setAttribute("aria-label", "uploaded so far");
		told.setAttribute("role", "status");
		told.textContent = "Uploading";
		button.disabled = true;
		const cancel = document.createElement("button");
		cancel.type = "button";
		cancel.textContent = "Cancel";
		cancel.addEventListener("click", () => request.abort());
		form.append(bar, told, cancel);
		const end = (text) => {
			bar.remove();
			cancel.remove();
			button.disabled = false;
			told.textContent = text;
		};
		request.upload.onprogress = (news) => {
			if (news.lengthComputable) {
				bar.max = news.total;
				bar.value = news.loaded;
			}
		};
		request.onload = () => {
			const fresh = request.response?.querySelector("main p")?.textContent;
			if (request.status < 400)
				location.assign(request.responseURL);
			else
				end(fresh || "It was refused.");
		};
		request.onerror = () => end("The connection was lost: nothing was entered.");
		request.onabort = () => end("Cancelled: nothing was entered.");
		request.open("POST", form.action);
		request.responseType = "document";
		request.send(new FormData(form));
	});
};

const prepare = () => {
	for (const form of document.querySelectorAll("form[data-swap]:not([data-ready])")) {
		form.dataset.ready = "";
		swap(form);
	}
	for (const form of document.querySelectorAll("form[enctype='multipart/form-data']:not([data-ready])")) {
		form.dataset.ready = "";
		upload(form);
	}
};

prepare();
follow();

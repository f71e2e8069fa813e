/*
 * Holds an inquiry of two parties in Chromium by clicking alone, from opening
 * the case on, and looks at every page on the way: no console error, no report of the content security policy, no
 * violation that axe knows of, nothing wider than a telephone. Screenshots of
 * all of them, light and dark, wide and narrow, and as printed, go to OUT.
 *
 * usage: run.mjs MODULES INQUIRY MAKE OUT
 *   MODULES  the folder that has playwright-core and axe-core in node_modules
 *   MAKE     the program that makes the golden samples
 */
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";

const [modules, inquiry, make, out] = process.argv.slice(2, 6).map((p) => path.resolve(p));
const require = createRequire(path.join(modules, "package.json"));
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const work = fs.mkdtempSync(path.join(os.tmpdir(), "inquiry-browser-"));
let passed = 0, failed = 0;
const check = (name, truth, more = "") => {
	if (truth) {
		passed++;
		return;
	}
	failed++;
	console.log(`FAILED ${name}: ${String(more).slice(0, 600)}`);
};

const run = (...args) => execFileSync(inquiry, args, { cwd: work, stdio: ["ignore", "pipe", "pipe"] });

const serve = (party, other) =>
	new Promise((done, fail) => {
		const child = spawn(inquiry, ["serve", `${party}.case`, "-l", "127.0.0.1:0", "--write", "-k", `${party}.key`,
			"--corpus", "known.corpus", "--known", "families", "--common", "libraries", "--publish", `from-${party}`,
			"--from", `from-${other}`], { cwd: work });
		let said = "";
		child.stdout.on("data", (data) => {
			said += data;
			if (said.includes("\n"))
				done({ child, entrance: said.trim(), address: new URL("/", said.trim()).href });
		});
		child.stderr.on("data", (data) => process.env.VERBOSE && process.stderr.write(data));
		child.on("exit", (code) => fail(new Error(`serve ended with ${code}`)));
	});

/* A page that remembers all that went wrong on it. */
const open = async (context) => {
	const page = await context.newPage();
	page.setDefaultTimeout(120000);
	page.wrong = [];
	page.on("console", (m) => m.type() === "error" && page.wrong.push(`console: ${m.text()} ${m.location().url}`));
	page.on("pageerror", (e) => page.wrong.push(`error: ${e}`));
	page.on("requestfailed", (r) => r.failure().errorText !== "net::ERR_ABORTED" && page.wrong.push(`request: ${r.url()}`));
	await page.addInitScript(() =>
		addEventListener("securitypolicyviolation", (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`)));
	return page;
};

const names = new Set();
let auditor; /* the same pages without the policy, which keeps axe's own script out */

/* What could not be shown at once comes in a moment. */
const whole = async (page) => {
	await page.waitForLoadState();
	await page.waitForFunction(() => !document.querySelector("main[data-live='250']"), null, { timeout: 60000 });
};

/* Everything that can be seen to be wrong with the page as it is. */
const look = async (page, name) => {
	check(`${name} is clean`, page.wrong.length === 0, page.wrong.join("; "));
	page.wrong.length = 0;
	if (names.has(name))
		return;
	names.add(name);
	const url = page.url();
	for (const [width, scheme, media] of [[1440, "light", "screen"], [1440, "dark", "screen"], [390, "light", "screen"],
			[390, "dark", "screen"], [1000, "light", "print"]]) {
		await auditor.setViewportSize({ width, height: 900 });
		await auditor.emulateMedia({ colorScheme: scheme, media });
		await auditor.goto(url);
		await whole(auditor);
		await auditor.screenshot({ path: path.join(out, `${name}-${width}-${media === "print" ? media : scheme}.png`), fullPage: true });
		const wide = await auditor.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		check(`${name} fits into ${width}`, wide <= 0, wide);
		if (media === "print")
			continue;
		await auditor.evaluate(axe);
		const { violations } = await auditor.evaluate(() => axe.run(document, {
			runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
		check(`${name} is accessible (${width}, ${scheme})`, violations.length === 0,
			violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).slice(0, 3).join(" ")}`).join("\n"));
	}
};

const follow = async (page, text) => {
	await page.getByRole("link", { name: text, exact: true }).first().click();
	await whole(page);
};

const jobEnds = async (page) => {
	await page.waitForURL(/\/jobs\/[0-9]+$/);
	await page.waitForFunction(() => !document.querySelector("main[data-live]"), null, { timeout: 120000 });
	return page.locator("main").innerText();
};

/* The address that was printed lets in, and is seen no more; without it there is a form. */
const enter = async (page, address, entrance) => {
	await page.goto(address);
	check("nobody is let in without the token", await page.getByLabel(/^Token/).count() === 1);
	await page.screenshot({ path: path.join(out, "token-1440-light.png") });
	page.wrong.length = 0; /* a status of 401 is an error of the console */
	await page.getByLabel(/^Token/).fill(entrance);
	await page.getByRole("button", { name: "Enter" }).click();
	await whole(page);
	check("the form takes the whole address", page.url() === address, page.url());
	await auditor.goto(entrance);
	check("the token leaves the address", auditor.url() === address, auditor.url());
};

const press = async (page, text) => {
	await page.getByRole("button", { name: text, exact: true }).click();
	return jobEnds(page);
};

/* The case is opened, and the corpus that it searches built and measured. */
const begin = async (page, address) => {
	await look(page, "opening");
	await page.getByLabel("What it is about, in a line").fill("The harbour <script>");
	check("a case is opened", (await press(page, "Open it")).includes("charter"));
	await follow(page, "Inquiry");
	await follow(page, "Act");
	await follow(page, "The corpus");
	await look(page, "corpus-none");
	check("a corpus is built", /^done/m.test((await press(page, "Build the corpus")).split("state")[1].trim()));
	await follow(page, "See what came of it");
	check("its error rates are measured", (await press(page, "Measure its error rates")).includes("done"));
	await follow(page, "See what came of it");
	await look(page, "corpus");
	await page.goto(address);
	await whole(page);
};

const hold = async (page, address) => {
	await page.goto(address);
	await whole(page);
	await look(page, "empty");
	await follow(page, "Act");
	await look(page, "act");
	for (const sample of ["unknown", "stranger"]) {
		await page.goto(`${address}act`);
		await page.getByLabel("File", { exact: true }).setInputFiles(path.join(work, sample));
		await page.getByLabel("Where it comes from").fill("disk of host 7 <img src=x>");
		await page.getByRole("button", { name: "Enter it" }).click();
		const told = await jobEnds(page);
		check(`${sample} is entered`, told.includes("exhibit open"), told);
	}
	await look(page, "job");
	await follow(page, "Act");
	await page.getByRole("button", { name: "Investigate" }).click();
	check("it investigates", (await jobEnds(page)).includes("conclusion"));
	await follow(page, "Jobs");
	await look(page, "jobs");
	await follow(page, "Inquiry");
	await look(page, "inquiry");
	await follow(page, "Exhibits");
	await look(page, "exhibits");
	await follow(page, "unknown");
	await look(page, "exhibit");
	for (const part of ["Imports", "Strings", "Observations", "Functions"]) {
		await follow(page, part);
		await look(page, part.toLowerCase());
	}
	await page.getByLabel("By").selectOption("information");
	await page.getByRole("button", { name: "Show" }).click();
	await page.waitForURL(/order=information/);
	await page.locator("tbody th a").first().click();
	await page.waitForURL(/functions\/0x/);
	await whole(page);
	await look(page, "function");
	check("two functions stand side by side", await page.getByRole("heading", { name: "Side by side" }).count() === 1);
	await follow(page, "Families");
	await look(page, "families");
	await page.locator("tbody th a").first().click();
	await page.waitForURL(/families\/./);
	await whole(page);
	await look(page, "family");
	await follow(page, "Conclusions");
	await look(page, "conclusions");
	await page.locator("tbody td:nth-child(3) a").last().click();
	await page.waitForURL(/conclusions\/./);
	await whole(page);
	await look(page, "conclusion");
	await slide(page);
	await follow(page, "Record");
	await look(page, "record");
};

/* The prior moves what one makes of it, and not the ratio. */
const slide = async (page) => {
	const slider = page.getByLabel("Prior, in per cent");
	check("there is a prior to set", await slider.count() === 1);
	if (!await slider.count())
		return;
	const ratios = () => page.locator("h2#ratios + .scroll").innerText();
	const before = await ratios(), posterior = await page.locator("#posterior").innerText();
	await slider.focus();
	for (let i = 0; i < 30; i++)
		await page.keyboard.press("ArrowLeft");
	await page.waitForFunction(() => document.querySelector("#posterior strong")?.textContent === "20 %");
	check("the posterior moved", await page.locator("#posterior").innerText() !== posterior);
	check("the ratio stayed", await ratios() === before);
	check("the address has the prior", page.url().endsWith("prior=20"), page.url());
	check("the slider kept the focus", await page.evaluate(() => document.activeElement.id) === "prior-range");
};

const say = async (page, address) => {
	await page.goto(`${address}act`);
	const claim = page.locator("form", { has: page.getByRole("button", { name: "Claim it" }) });
	await claim.getByLabel("In words").fill("They are <b>alike</b>");
	await claim.getByLabel(/rests on/).fill("1, 2");
	await claim.getByRole("button").click();
	await page.waitForURL(/entries\/acme\/[0-9]+$/);
	await whole(page);
	await look(page, "entry");
	const entry = page.url();
	for (const way of ["Support it", "Dispute it", "Withdraw it"]) {
		await page.goto(entry);
		await whole(page);
		const details = page.locator("details", { has: page.locator("summary", { hasText: way }) });
		await details.locator("summary").click();
		await details.getByLabel("In words").fill("as I say");
		if (way === "Dispute it")
			await details.getByLabel("Reason").selectOption("other");
		await details.getByRole("button", { name: way }).click();
		await page.waitForURL((url) => url.href !== entry && /entries/.test(url.href));
		await whole(page);
		await look(page, way.split(" ")[0].toLowerCase());
	}
	await page.goto(entry);
	await whole(page);
	check("its status shows", (await page.locator("main").innerText()).includes("withdrawn"));
	await follow(page, "Act");
	await page.getByRole("button", { name: "Publish" }).click();
	await jobEnds(page);
	run("verify", "from-acme");
	await follow(page, "Record");
	await follow(page, "Verify now");
	await page.getByRole("button", { name: "Verify now" }).click();
	await page.waitForFunction(() => document.querySelector("#latest"), null, { timeout: 60000 });
	check("it holds", (await page.locator("main").innerText()).includes("It holds."));
	await look(page, "verification");
	await page.getByRole("searchbox", { name: "Search the whole case" }).fill("alike");
	await page.keyboard.press("Enter");
	await page.waitForURL(/search\?q=alike/);
	check("it is found", (await page.locator("main").innerText()).includes("They are <b>alike</b>"));
	await look(page, "search");
	const gone = await page.goto(`${address}nothing`);
	check("what is not there is not there", gone.status() === 404);
	page.wrong.length = 0; /* that one is an error of the console, too */
};

/* Without any script the pages read the same, and the forms work. */
const plain = async (browser, address, entrance) => {
	const context = await browser.newContext({ javaScriptEnabled: false });
	const page = await open(context);
	await page.goto(entrance);
	await page.goto(`${address}act`);
	await page.getByLabel("File", { exact: true }).setInputFiles(path.join(work, "plain"));
	await page.getByRole("button", { name: "Enter it" }).click();
	await page.waitForURL(/\/jobs\/[0-9]+$/);
	await page.getByText("exhibit open").waitFor();
	check("a form enters a file without a script", await page.getByText("exhibit open").count() === 1);
	await page.goto(`${address}conclusions`);
	await page.locator("tbody td:nth-child(3) a").last().click();
	await page.getByRole("button", { name: "Apply" }).click();
	await page.waitForURL(/prior=50/);
	check("and nothing went wrong", page.wrong.length === 0, page.wrong.join("; "));
	await context.close();
};

const enterFile = async (page, address, file, more) => {
	await page.goto(`${address}act`);
	await page.getByLabel("File", { exact: true }).setInputFiles(path.join(work, file));
	await page.getByText("Not for everybody to read").click();
	await more(page);
	const told = await press(page, "Enter it");
	check(`${file} is entered`, /[a-z]+\/[0-9]+ +[0-9a-f]+ +exhibit/.test(told), told);
	return told.match(/([a-z]+\/[0-9]+) +[0-9a-f]+ +exhibit/)[1];
};

/* What is not for everybody, and becomes so. */
const custody = async (page, address) => {
	fs.writeFileSync(path.join(work, "dump"), "a secret\n");
	fs.writeFileSync(path.join(work, "mail"), "third party data\n");
	const sealed = await enterFile(page, address, "dump", (p) => p.getByLabel("Sealed to bolt").check());
	const withheld = await enterFile(page, address, "mail", (p) => p.getByLabel(/^Withheld/).fill("third party data"));
	await page.goto(`${address}act`);
	await look(page, "act-of-two");
	await page.goto(`${address}entries/${sealed}`);
	await whole(page);
	check("it is sealed", (await page.locator("h1").innerText()).includes("sealed"));
	await look(page, "sealed");
	check("it is unsealed", (await press(page, "Open it to everybody")).includes("exhibit unseal"));
	await page.goto(`${address}entries/${withheld}`);
	await whole(page);
	await look(page, "withheld");
	await page.getByLabel("The file that was withheld").setInputFiles(path.join(work, "mail"));
	check("what was withheld is opened", (await press(page, "Open it to everybody")).includes("exhibit unseal"));
};

/* The other party joins, runs everything again, objects, and publishes. */
const join = async (page, address, entrance) => {
	await page.goto(entrance);
	await look(page, "joining");
	check("an inquiry is joined", (await press(page, "Join it")).includes("charter"));
	await follow(page, "See what came of it");
	check("what was joined is there", (await page.locator("h1").innerText()) === "The harbour <script>");
	await follow(page, "Act");
	check("it comes out the same", (await press(page, "Run their analyses again")).includes("reproduced"));
	await follow(page, "Conclusions");
	await page.locator("tbody td:nth-child(3) a").last().click();
	await whole(page);
	await page.goto(page.url().replace("conclusions", "entries"));
	await whole(page);
	const details = page.locator("details", { has: page.locator("summary", { hasText: "Dispute it" }) });
	await details.locator("summary").click();
	await details.getByLabel("In words").fill("Every program of its kind has it");
	await details.getByLabel("Reason").selectOption("other");
	await details.getByRole("button", { name: "Dispute it" }).click();
	await page.waitForURL(/entries\/bolt/);
	await page.goto(`${address}act`);
	await press(page, "Publish");
};

const fetchMessage = async (page, name) => {
	const [download] = await Promise.all([page.waitForEvent("download"),
		page.getByRole("link", { name: "Fetch the message to send on" }).click()]);
	await download.saveAs(path.join(work, name));
	return path.join(work, name);
};

/* Six messages, each a file that one fetches and the other takes. */
const compare = async (pages, addresses) => {
	await pages[0].goto(`${addresses[0]}comparisons`);
	await whole(pages[0]);
	await look(pages[0], "comparisons-none");
	const form = pages[0].locator("form", { has: pages[0].getByRole("button", { name: "Offer it" }) });
	await form.getByLabel("With").selectOption("bolt");
	await form.getByLabel(/^Indicators/).fill("domain cdn.example\ndomain update.example\n");
	await press(pages[0], "Offer it");
	await look(pages[0], "comparison-job");
	let file = await fetchMessage(pages[0], "1.message");
	await pages[1].goto(`${addresses[1]}comparisons`);
	await whole(pages[1]);
	const answer = pages[1].locator("form", { has: pages[1].getByRole("button", { name: "Answer it" }) });
	await answer.getByLabel(/^The first message/).setInputFiles(file);
	await answer.getByLabel(/^Indicators/).fill("domain update.example\ndomain www.example\n");
	await press(pages[1], "Answer it");
	for (let number = 2; number <= 6; number++) {
		const from = (number + 1) % 2, to = number % 2;
		file = await fetchMessage(pages[from], `${number}.message`);
		await pages[to].goto(`${addresses[to]}comparisons`);
		await whole(pages[to]);
		await pages[to].getByLabel("The message that came").setInputFiles(file);
		await press(pages[to], "Take it");
	}
	await follow(pages[0], "See what came of it");
	const told = await pages[0].locator("main").innerText();
	check("both learn what both hold", told.includes("update.example") && !told.includes("cdn.example"), told);
	await look(pages[0], "comparisons");
};

const rest = async (page, address) => {
	await page.goto(`${address}act`);
	check("what the other published is pulled", (await press(page, "Pull")).includes("bolt"));
	await page.goto(address);
	await whole(page);
	await look(page, "inquiry-of-two");
	await follow(page, "Exports");
	await look(page, "exports");
	const [download] = await Promise.all([page.waitForEvent("download"),
		page.getByRole("link", { name: "case.stix.json" }).click()]);
	await download.saveAs(path.join(work, "case.stix.json"));
	check("an export is the command's", fs.readFileSync(path.join(work, "case.stix.json")).equals(
		run("export", "stix", "acme.case")));
	await follow(page, "Act");
	await follow(page, "Keys");
	await look(page, "keys");
};

const upload = async (page, address) => {
	/* An upload that is cancelled half way enters nothing. */
	fs.writeFileSync(path.join(work, "large"), Buffer.alloc(64 << 20, 7));
	await page.goto(`${address}act`);
	await page.getByLabel("File", { exact: true }).setInputFiles(path.join(work, "large"));
	const session = await page.context().newCDPSession(page);
	await session.send("Network.enable");
	await session.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: 1 << 22,
		uploadThroughput: 1 << 22 });
	await page.getByRole("button", { name: "Enter it" }).click();
	await page.waitForFunction(() => document.querySelector("form progress")?.value > 0, null, { timeout: 60000 });
	await page.getByRole("button", { name: "Cancel" }).click();
	await page.getByText("Cancelled: nothing was entered.").waitFor();
	await session.detach();
	page.wrong.length = 0;
	await page.goto(`${address}exhibits`);
	check("a cancelled upload is no exhibit", !(await page.locator("main").innerText()).includes("large"));
};

const main = async () => {
	fs.mkdirSync(out, { recursive: true });
	execFileSync(make, ["."], { cwd: work });
	fs.writeFileSync(path.join(work, "plain"), "just words\n");
	run("key", "new", "acme", "--no-passphrase", "-q");
	run("key", "new", "bolt", "--no-passphrase", "-q");
	const acme = await serve("acme", "bolt"), bolt = await serve("bolt", "acme");
	acme.child.removeAllListeners("exit");
	bolt.child.removeAllListeners("exit");
	const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
		args: process.getuid() === 0 ? ["--no-sandbox"] : [] });
	try {
		auditor = await (await browser.newContext({ bypassCSP: true })).newPage();
		const page = await open(await browser.newContext()), other = await open(await browser.newContext());
		const { address, entrance } = acme;
		await enter(page, address, entrance);
		await begin(page, address);
		await hold(page, address);
		await say(page, address);
		await auditor.goto(bolt.entrance);
		await join(other, bolt.address, bolt.entrance);
		await rest(page, address);
		await custody(page, address);
		await compare([page, other], [address, bolt.address]);
		await upload(page, address);
		await plain(browser, address, entrance);
		run("verify", "acme.case");
		run("verify", "bolt.case");
	} catch (error) {
		check("it went through", false, error.stack);
	} finally {
		await browser.close();
		acme.child.kill();
		bolt.child.kill();
		fs.rmSync(work, { recursive: true, force: true });
	}
	console.log(`browser: ${passed} claims hold, ${failed} do not; screenshots are in ${out}`);
	process.exit(failed ? 1 : 0);
};

main();

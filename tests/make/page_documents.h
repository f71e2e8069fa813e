/*
 * A document of each kind that a page is made of, small and whole, of a case
 * of two parties in which one disputes what the other concludes. Quotes are
 * written as ': make_page_document puts " for them.
 */
#ifndef PAGE_DOCUMENTS_H
#define PAGE_DOCUMENTS_H

#include <stddef.h>
#include <string.h>

#define SHA_A "8d6aaec70fb0bd17dce8b9420363de3af7070b9033c1cd1d32bc1bcb94870bec"
#define SHA_B "8fe3dda665a71f8959899c9cca7eb73b1c180ec4bbf5172380f1ea66c6319777"

static const char *const page_documents[] = {
	/* The log. */
	"{'schema':'inquiry.log/1','program':'inquiry 0.1.0','case':'105a7b12b7ae43d6027ecec2d708f716',"
	"'title':'The harbour','entries':["
	"{'entry':'acme/0','digest':'" SHA_A "','time':1767225600,'type':'charter','status':'stands',"
	"'holds':true,'withdrawn':false,'supported_by':[],'disputed_by':[],'reasons':[],'rests_on':[],"
	"'reproduced_by':[],'differs_by':[],'subjects':[],'title':'The harbour','cites':[],'seen':[]},"
	"{'entry':'acme/1','digest':'" SHA_A "','time':1767225600,'type':'exhibit open','status':'stands',"
	"'holds':true,'withdrawn':false,'subjects':[{'name':'unknown','sha256':'" SHA_A "'}],'size':10128,"
	"'cites':[],'seen':[]},"
	"{'entry':'acme/2','digest':'" SHA_A "','time':1767225601,'type':'conclusion',"
	"'status':'disputed by zeta (library-code)','holds':true,'withdrawn':false,'disputed_by':['zeta'],"
	"'reproduced_by':['zeta'],'subjects':[{'name':'unknown','sha256':'" SHA_A "'}],'text':'exit 4: cut',"
	"'made':{'kind':'attribute','program':'inquiry','options':['--json','-']},'cites':['acme/1'],"
	"'seen':[]},"
	"{'entry':'zeta/0','digest':'" SHA_B "','time':1767225700,'type':'charter','status':'stands',"
	"'holds':true,'withdrawn':false,'title':'The harbour','subjects':[],'cites':[],'seen':[]},"
	"{'entry':'zeta/1','digest':'" SHA_B "','time':1767225800,'type':'dispute','status':'stands',"
	"'holds':true,'withdrawn':false,'of':'acme/2','dispute':'library-code','text':'That is zlib.',"
	"'subjects':[],'cites':['acme/1'],'seen':[]}]}",
	/* What verifying it gives. */
	"{'schema':'inquiry.verification/1','program':'inquiry 0.1.0','case':'105a7b12','title':'The "
	"harbour',"
	"'level':2,'asked':2,'entries':5,'logs':[{'party':'acme','origin':'acme/105a','size':3,'root':'" SHA_A
	"','forked':false,'keys_from':'record','keys':{'log':'acme/105a+b2095856+AYfC'},'cosigned_by':["
	"{'party':'zeta','size':2,'time':1767225900}]},{'party':'zeta','size':2,'root':'" SHA_B
	"','forked':true,'keys_from':'user','cosigned_by':[{'party':'acme','size':0,'time':0}]}],'failures':["
	"],"
	"'unchecked':[]}",
	/* An attribution that names a family, with a prior. */
	"{'schema':'inquiry.attribution/1','program':'inquiry 0.1.0','conclusion':'family','propositions':{"
	"'family':'they hold code of F','none':'they hold code of none','planted':'it was put there'},"
	"'corpus':{'file':'known.corpus','digest':'" SHA_A "','families':11},'model':'" SHA_B
	"','method':3,'date':'2020-01-01','published_families':1,'calibration':{'applies':true,'digest':"
	"'" SHA_A
	"','exhibits':1,'families':11,'trials_right':126,'trials_wrong':130,'bound':2.117,'measure':{"
	"'right':126,'wrong':130,'cllr':0.300,'cllr_least':0.200,'named':100,'named_rightly':99,"
	"'named_absent':2,'words':[{'support':'moderate support','said':102,'wrongly':3}],'bins':["
	"{'from':-2.000,'to':-1.750,'right':0,'wrong':100},{'from':1.750,'to':2.000,'right':126,'wrong':3}]}}"
	","
	"'lacks':['no-date'],'exhibits':[{'file':'unknown','sha256':'" SHA_A "','packed':false,"
	"'no_decoder':false,'cut':false,'searched_to_a_limit':2,'functions':16,'small':1,'unmatched':2,"
	"'library':5,'published':0,'widespread':1,'distinctive':7,'code':3574,'code_in_no_function':0,"
	"'without':{'log10':0.000,'least':-0.500,'most':0.500,'trials_right':1,'trials_wrong':1,"
	"'support':'no support for "
	"either'}}],'families':[{'label':'alpha','named':true,'score':1069,'ratio':{"
	"'log10':2.102,'least':1.471,'most':5.569,'trials_right':126,'trials_wrong':0,"
	"'support':'moderate support'},'planted':{'log10':-0.602,'least':-1.000,'most':-0.100,"
	"'support':'weak support'},'posterior_per_10000':9200,'posterior_words':'very likely','functions':7,"
	"'bytes':1636,'published_functions':0,'largest_piece':1.000,'one_piece':true,'pieces':[{'exhibit':"
	"'" SHA_A "','va':'0x4014a0','end_va':'0x401b1d','functions':7,'bytes':1636,'bits':2248,'sample':'"
	"one','without':{"
	"'log10':0.301,'least':-0.100,'most':0.700,'support':'no support for either'}}]}],'none':{"
	"'log10':-2.102,'least':-5.569,'most':-1.471,'support':'moderate support'},'silent':{'log10':-0.500,"
	"'least':-0.900,'most':-0.301,'support':'weak support'},'prior_per_10000':5000,"
	"'posterior_none_per_10000':800,'posterior_none_words':'very "
	"unlikely','planted':[{'sign':'one-piece',"
	"'exhibit':'" SHA_A "','label':'alpha','text':'all of it is in one piece'}],'functions':16,"
	"'searchable':15,'distinctive':7,'repeated':0,'left_out':1}",
	/* A search. */
	"{'schema':'inquiry.search/1','program':'inquiry "
	"0.1.0','searches':[{'file':'unknown','sha256':'" SHA_A
	"','format':'ELF','arch':'x86-64','kind':'executable','packed':false,'no_decoder':false,'cut':false,"
	"'corpus':{'file':'known.corpus','digest':'" SHA_A "','families':2,'libraries':1,'samples':4,"
	"'functions':35},'sharing':'code','coverage':{'code':3574,'library':1141,'distinctive':1636,"
	"'widespread':202,'unmatched':402,'small':86,'padding':107,'unreadable':0},'families':[{'label':'"
	"alpha',"
	"'samples':2,'sharing':'code','distinctive':7,'widespread':1,'library':5,'information':4314}],"
	"'libraries':[{'label':'common','samples':1,'functions':5,'library':5}],'functions':["
	"{'va':'0x401000','size':16,'standing':'library','label':'common','families':0,'information':12,"
	"'candidates':[]},{'va':'0x401890','size':160,'blocks':8,'instructions':40,'name':'f',"
	"'standing':'distinctive','label':'alpha','families':1,'information':389,'candidates_cut':false,"
	"'candidates':[{'label':'alpha','sample':'two','sample_sha256':'" SHA_B
	"','va':'0x401890','size':162,'name':'recipe_15','probability':0.870,'similarity':0.950,"
	"'support':0.800,'how':'features'}]}]}]}",
	/* An examination, and a file that could not be read. */
	"{'schema':'inquiry.examination/1','program':'inquiry "
	"0.1.0','exhibits':[{'file':'unknown','sha256':'" SHA_A
	"','md5':'389d8ee7942a0e058848b93963858928','size':10128,'format':'PE','arch':'x86-64',"
	"'kind':'executable','code':{'bytes':3196,'in_functions':3095,'padding':101,'unresolved_jumps':0},"
	"'sections':[],'libraries':[],'imports':[],'exports':[],'functions':[],'facts':[{'kind':'compile-"
	"time',"
	"'text':'2019-01-01','value':1546300800,'offset':888,'forgeable':true},{'kind':'pdb-path','name':'x',"
	"'text':'C:\\\\a.pdb','offset':1,'forgeable':true}],'suspicions':[{'text':'it is packed',"
	"'measure':7.900}],'anomalies':[{'offset':12,'text':'the header is odd'}],'anomalies_dropped':3,"
	"'strings':[{'offset':8333,'encoding':'ascii','text':'http://a.example/x.php'}],"
	"'strings_dropped':0},{'file':'notes.txt','error':{'status':'unrecognised','at':0,"
	"'text':'not an ELF, PE or Mach-O file'}}]}",
	/* Two functions side by side. */
	"{'schema':'inquiry.alignment/1','program':'inquiry 0.1.0','a':{'file':'unknown','sha256':'" SHA_A
	"','va':'0x401890','size':160,'blocks':8,'instructions':40},'b':{'file':'alpha/two','sha256':'" SHA_B
	"','va':'0x401890','size':162},'similarity':0.987,'block_pairs':8,'same':1,'changed':1,'only_a':1,"
	"'only_b':0,'rows':[{'kind':'same','a':{'va':'0x401890','block':0,'text':'push rbp'},'b':{"
	"'va':'0x401890','block':0,'text':'push rbp'}},{'kind':'changed','a':{'va':'0x401891','block':0,"
	"'text':'mov eax, <x>'},'b':{'va':'0x401891','block':0,'text':'mov eax, 2'}},{'kind':'only_a','a':{"
	"'va':'0x401892','block':0,'text':'ret'}}]}",
	/* A calibration's own document. */
	"{'schema':'inquiry.calibration/1','program':'inquiry 0.1.0','corpus':'known.corpus','measures':["
	"{'exhibits':1,'families':5,'right':209,'wrong':210,'cllr':1.059,'cllr_least':0.563,'named':140,"
	"'named_rightly':140,'named_absent':3,'words':[],'bins':[]}],'trials':[]}",
};

enum { PAGE_DOCUMENTS = sizeof page_documents / sizeof *page_documents, PAGE_DOCUMENT_MOST = 8192 };
/* Whose result each is. */
static const char *const page_entries[PAGE_DOCUMENTS] = { NULL, NULL, "acme/2", "acme/1", "zeta/0", NULL,
	NULL };

/* The `i`th document, NUL-terminated; its length. */
static inline size_t make_page_document(size_t i, char ret[PAGE_DOCUMENT_MOST])
{
	size_t len = strlen(page_documents[i]);

	for (size_t k = 0; k <= len; k++)
		ret[k] = page_documents[i][k] == '\'' ? '"' : page_documents[i][k];
	return len;
}

#endif

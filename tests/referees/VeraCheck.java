import java.io.FileInputStream;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.VeraPDFFoundry;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Holds PDFs against standards by the engine of veraPDF: VeraCheck FLAVOUR,FLAVOUR FILE...
 *
 *  A line for each file and flavour: file, flavour, "pass" or "fail", and the clauses that failed with how often.
 */
public class VeraCheck {
    public static void main(String[] given) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        VeraPDFFoundry foundry = Foundries.defaultInstance();
        for (String name : given[0].split(",")) {
            PDFAFlavour flavour = PDFAFlavour.byFlavourId(name);
            if (flavour == PDFAFlavour.NO_FLAVOUR) throw new IllegalArgumentException("no such flavour: " + name);
            for (int i = 1; i < given.length; i++) {
                try (InputStream in = new FileInputStream(given[i]);
                     PDFAParser parser = foundry.createParser(in, flavour);
                     PDFAValidator validator = foundry.createValidator(flavour, false)) {
                    ValidationResult result = validator.validate(parser);
                    if (result.getTotalAssertions() == 0) throw new IllegalStateException("nothing was checked: " + name);
                    Map<String, Integer> failed = new TreeMap<>();
                    for (TestAssertion test : result.getTestAssertions())
                        if (test.getStatus() == TestAssertion.Status.FAILED)
                            failed.merge(test.getRuleId().getClause() + "-" + test.getRuleId().getTestNumber(), 1, Integer::sum);
                    System.out.println(given[i] + "\t" + name + "\t" + (result.isCompliant() ? "pass" : "fail") + "\t" + failed);
                }
            }
        }
    }
}

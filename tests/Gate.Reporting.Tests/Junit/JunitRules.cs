using System.Text;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;

namespace Gate.Reporting.Tests.Junit;

/// <summary>What the known consumers demand of a JUnit file, checked without a schema and again with one.</summary>
internal static class JunitRules
{
    /// <summary>Parses and checks a file; returns its root.</summary>
    public static XElement Check(string xml)
    {
        Assert.StartsWith("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<testsuites ", xml, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', xml);
        Assert.DoesNotContain("<!DOCTYPE", xml, StringComparison.Ordinal);
        Assert.True(Encoding.UTF8.GetByteCount(xml) < 5_000_000, "the file is 5 MB or more");
        XDocument document = XDocument.Parse(xml, LoadOptions.PreserveWhitespace);
        CheckSchema(document);
        XElement root = document.Root!;
        Assert.All(root.Elements(), suite => Assert.Equal("testsuite", suite.Name.LocalName));
        Assert.Empty(root.Elements().Elements("testsuite"));
        CheckCounts(root, root.Descendants("testcase"));
        foreach (XElement suite in root.Elements())
        {
            CheckCounts(suite, suite.Elements("testcase"));
            Assert.NotEmpty(suite.Elements("testcase"));
            Assert.All(suite.Elements("testcase"), c => Assert.Equal((string)suite.Attribute("name")!, (string?)c.Attribute("classname")));
        }

        Assert.Equal(
            root.Descendants("testcase").Count(),
            root.Descendants("testcase").Select(c => ((string?)c.Attribute("classname"), (string?)c.Attribute("name"))).Distinct().Count());
        foreach (XElement testCase in root.Descendants("testcase"))
            CheckCase(testCase);
        return root;
    }

    private static void CheckCase(XElement testCase)
    {
        Assert.InRange(testCase.Elements().Count(), 0, 1);
        if (testCase.Elements().SingleOrDefault() is not { } outcome)
            return;
        string message = (string)outcome.Attribute("message")!;
        Assert.DoesNotContain('\n', message);
        Assert.InRange(outcome.Value.Length, 0, 1_000_000);
        if (outcome.Name.LocalName != "skipped")
            Assert.Equal(message, outcome.Value.Split('\n')[0]);
        Assert.DoesNotContain("##", outcome.Value + message, StringComparison.Ordinal);
        Assert.DoesNotContain("::", outcome.Value + message, StringComparison.Ordinal);
    }

    private static void CheckCounts(XElement element, IEnumerable<XElement> cases)
    {
        XElement[] all = [.. cases];
        Assert.Equal(all.Length, (int)element.Attribute("tests")!);
        Assert.Equal(all.Count(c => c.Element("failure") is not null), (int)element.Attribute("failures")!);
        Assert.Equal(all.Count(c => c.Element("error") is not null), (int)element.Attribute("errors")!);
        Assert.Equal(all.Count(c => c.Element("skipped") is not null), (int)element.Attribute("skipped")!);
    }

    private static void CheckSchema(XDocument document)
    {
        using Stream stream = typeof(JunitRules).Assembly.GetManifestResourceStream("junit.xsd")!;
        using XmlReader reader = XmlReader.Create(stream);
        XmlSchemaSet schemas = new();
        schemas.Add(null, reader);
        document.Validate(schemas, (_, e) => Assert.Fail(e.Message));
    }
}

using System.Text;
using System.Xml;
using Gate.Reporting.Text;
using Gate.Results;

namespace Gate.Reporting.Junit;

/// <summary>Renders <c>gate.junit.xml</c>: one test case per rule, in suites <c>gate.overall</c> and <c>gate.task.NAME</c>.</summary>
/// <remarks>
/// <para>A breached rule is a <c>failure</c>, one that could not be measured an <c>error</c>, an undecided one <c>skipped</c>. When nothing is
/// breached or unmeasured and the run still does not end with exit code 0 (undecided, and the configuration says that counts), the suite
/// <c>gate.overall</c> has one more case, <c>gate decided</c>, with an <c>error</c>: a dashboard must not be all green over a red build.</para>
/// <para>Without any rule there is one case, <c>gate ran</c>; it is an <c>error</c> unless the verdict is a pass.</para>
/// </remarks>
public static class JunitReport
{
    /// <summary>The report of a result.</summary>
    public static string Render(GateResults results)
    {
        double seconds = results.Run.Phases.Sum(phase => double.IsFinite(phase.Seconds) && phase.Seconds > 0 ? phase.Seconds : 0);
        string file = results.Run.ConfigurationFile;
        return Write(JunitSuites.Of(results), results.Run.Timestamp, seconds, file, results.Run.GateVersion, results.Run.RunKey);
    }

    /// <summary>The report of a run that ended before there was a result: one case, <c>gate ran</c>, with an error.</summary>
    /// <param name="code">Diagnostic code, for example <c>GATE3001</c>.</param>
    /// <param name="message">What went wrong.</param>
    /// <param name="gateVersion">Version of Gate.</param>
    /// <param name="timestamp">UTC time as <c>yyyy-MM-ddTHH:mm:ss</c>.</param>
    /// <param name="configurationFile">Relative path of the configuration; empty when there is none.</param>
    public static string RenderNothingRan(string code, string message, string gateVersion, string timestamp, string configurationFile)
    {
        string line = VisibleText.ForLog(message, JunitSuites.MessageLimit);
        JunitCase ran = new("gate ran", configurationFile, 0, new JunitOutcome("error", code, line, line));
        return Write([new JunitSuite(JunitSuites.Overall, [ran])], timestamp, 0, configurationFile, gateVersion, "");
    }

    private static string Write(
        IReadOnlyList<JunitSuite> suites, string timestamp, double seconds, string file, string gateVersion, string runKey)
    {
        using MemoryStream stream = new();
        XmlWriterSettings settings = new()
        {
            Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            Indent = true,
            NewLineChars = "\n",
            NewLineHandling = NewLineHandling.None,
        };
        using (XmlWriter xml = XmlWriter.Create(stream, settings))
        {
            xml.WriteStartElement("testsuites");
            xml.WriteAttributeString("name", "gate");
            WriteCounts(xml, [.. suites.SelectMany(suite => suite.Cases)], seconds, timestamp);
            foreach (JunitSuite suite in suites)
                WriteSuite(xml, suite, timestamp, file, gateVersion, runKey);
            xml.WriteEndElement();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void WriteSuite(XmlWriter xml, JunitSuite suite, string timestamp, string file, string gateVersion, string runKey)
    {
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", suite.Name);
        WriteCounts(xml, suite.Cases, 0, timestamp);
        if (file.Length > 0)
            xml.WriteAttributeString("file", VisibleText.Of(file));
        xml.WriteStartElement("properties");
        WriteProperty(xml, "gate.version", gateVersion);
        if (runKey.Length > 0)
            WriteProperty(xml, "gate.run", runKey);
        xml.WriteEndElement();
        foreach (JunitCase testCase in suite.Cases)
            WriteCase(xml, suite.Name, testCase);
        xml.WriteEndElement();
    }

    private static void WriteCounts(XmlWriter xml, IReadOnlyCollection<JunitCase> cases, double seconds, string timestamp)
    {
        xml.WriteAttributeString("tests", cases.Count.ToString());
        xml.WriteAttributeString("failures", cases.Count(c => c.Outcome?.Element == "failure").ToString());
        xml.WriteAttributeString("errors", cases.Count(c => c.Outcome?.Element == "error").ToString());
        xml.WriteAttributeString("skipped", cases.Count(c => c.Outcome?.Element == "skipped").ToString());
        xml.WriteAttributeString("time", seconds.ToString("F3"));
        xml.WriteAttributeString("timestamp", VisibleText.Of(timestamp));
    }

    private static void WriteProperty(XmlWriter xml, string name, string value)
    {
        xml.WriteStartElement("property");
        xml.WriteAttributeString("name", name);
        xml.WriteAttributeString("value", VisibleText.Of(value));
        xml.WriteEndElement();
    }

    private static void WriteCase(XmlWriter xml, string className, JunitCase testCase)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", className);
        xml.WriteAttributeString("name", testCase.Name);
        if (testCase.File.Length > 0)
            xml.WriteAttributeString("file", VisibleText.Of(testCase.File));
        if (testCase.Line > 0)
            xml.WriteAttributeString("line", testCase.Line.ToString());
        xml.WriteAttributeString("time", "0.000");
        if (testCase.Outcome is { } outcome)
        {
            xml.WriteStartElement(outcome.Element);
            if (outcome.Element != "skipped")
                xml.WriteAttributeString("type", VisibleText.Of(outcome.Type));
            xml.WriteAttributeString("message", outcome.Message);
            if (outcome.Text.Length > 0)
                xml.WriteString(outcome.Text);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }
}

using System.CommandLine;
using GopherMesh.Gopherctl;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Rollout;
using GopherMesh.Tests.Rehearsal.Rehearse;

namespace GopherMesh.Tests.Rehearsal.Cli;

[Collection(LiveTests.Name)]
public sealed class CommandLineTests
{
    private static readonly string[] Given =
    [
        "--rehearse", "--status", "--abort", "--serve", "--open", "--page-port 0", "--fault errors=5%", "--rate 100", "--approve 10", "--steps 50,100", "--gates 10", "--deadline 5",
        "--without-evidence hold", "--bake 5", "--wait 5", "--output json", "--notify http://127.0.0.1:9/", "--requests 10", "--seed 1",
    ];

    public static TheoryData<string> Commands => ["rehearse", "tour", "render", "check", "judge", "drift", "recover", "completion"];

    // Every option and argument that is a number: by its type, or since the help says so of one that stands for a setting.
    public static TheoryData<string, string> Numbers => Rows(
        from command in Root.Subcommands
        from symbol in command.Options.Where(option => IsNumber(option.ValueType, option.HelpName)).Select(option => option.Name)
            .Concat(command.Arguments.Where(argument => IsNumber(argument.ValueType, argument.HelpName)).Select(_ => ""))
        select (command.Name, symbol));

    public static TheoryData<string, string> Options => Rows(
        from command in Root.Subcommands
        from option in command.Options.Where(option => option.Name != "--help")
        select (command.Name, option.Name));

    public static TheoryData<string, string> Idle
    {
        get
        {
            var idle = new TheoryData<string, string>();
            foreach (var (command, mode, effective) in Modes)
            {
                var options = Root.Subcommands.Single(sub => sub.Name == command).Options;
                foreach (var option in options.Select(option => option.Name).Except([mode, "--help", .. effective]))
                {
                    idle.Add($"{command} {mode} {Given.Single(given => given.Split(' ')[0] == option)}", option);
                }
            }

            return idle;
        }
    }

    private static RootCommand Root => EntryPoint.Root(Terminal.Of(TextWriter.Null, TextWriter.Null));

    // What an option leaves to do, and the options that have an effect then; every other is refused.
    private static (string Command, string Mode, string[] Effective)[] Modes =>
    [
        ("rollout", "--status", ["--stack", "--output"]),
        ("rollout", "--abort", ["--stack", "--output", "--notify", "--wait"]),
        ("rehearse", "--explain", ["--stack", "--set"]),
    ];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task The_help_of_a_command_ends_with_examples_of_it(string command)
    {
        var run = await GopherctlRun.Of(command, "--help");

        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
        Assert.Contains($"Examples:\n  ./gopherctl {command}", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rehearse --requests 0", "--requests is '0'; it must be a whole number from 1 to 1000000.")]
    [InlineData("rehearse --requests -5", "--requests is '-5'; it must be a whole number from 1 to 1000000.")]
    [InlineData("rehearse --requests many", "many")]
    [InlineData("rehearse --output yaml", "yaml")]
    [InlineData("rehearse --seed -1", "-1")]
    [InlineData("rehearse --stack prod", "there is no stack 'prod'")]
    [InlineData("rehearse --stack local --set canaryWeight=101", "gopher-mesh:canaryWeight: found 101")]
    [InlineData("rehearse --stack local --set canaryWeight=abc", "gopher-mesh:canaryWeight: found abc")]
    [InlineData("rehearse --stack local --set canaryWeight=10", "gopher-mesh:canaryWeight: found 10")]
    [InlineData("rehearse --stack local --set canaryWieght=10", "the nearest is gopher-mesh:canaryWeight")]
    [InlineData("rehearse --stack local --set canaryVersion=v3", "gopher-mesh:canaryVersion: found v3")]
    [InlineData("rehearse --stack local --set requesterImage=nginx:1", "the image 'nginx:1' is not one that can be rehearsed")]
    [InlineData("rehearse --set versions={", "--set versions")]
    [InlineData("rehearse --frobnicate", "--frobnicate")]
    [InlineData("rehearse extra", "extra")]
    [InlineData("tour --set canaryWeight=5", "the tour sets 'canaryWeight' itself")]
    [InlineData("render", "--out")]
    [InlineData("render --out /dev/null/x --stack local", "/dev/null/x")]
    [InlineData("check --stack prod", "there is no stack 'prod'")]
    [InlineData("check --rendered nowhere", "nowhere")]
    [InlineData("check --rendered nowhere --stack dev", "a stack or --set would have no effect")]
    [InlineData("check --rendered nowhere --set canaryVersion=v2", "a stack or --set would have no effect")]
    [InlineData("check --exceptions nowhere.yaml", "nowhere.yaml")]
    [InlineData("check --output yaml", "yaml")]
    [InlineData("check rendered", "rendered")]
    [InlineData("judge --alpha 0", "--alpha is '0'; it must be a number, with a decimal point, from 1E-09 to 0.5.")]
    [InlineData("judge --tolerance many", "many")]
    [InlineData("judge counts.jsonl", "counts.jsonl")]
    [InlineData("dance", "dance")]
    [InlineData("completion tcsh", "tcsh")]
    [InlineData("drift extra", "extra")]
    [InlineData("drift --stack prod", "there is no stack 'prod'")]
    [InlineData("recover --stack prod", "there is no stack 'prod'")]
    public async Task Bad_input_ends_with_2_and_says_what_where_and_what_to_do(string arguments, string what)
    {
        var run = await GopherctlRun.Of(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.StartsWith("gopherctl: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(what, run.Error, StringComparison.Ordinal);
        Assert.Contains("\n  where: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("\n  to do: ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task What_is_no_number_is_refused_by_the_name_of_its_option_and_the_value(string command, string option)
    {
        // 1,5 are two gates.
        string[] values = ["1,000", "x", "NaN", "1e999", "-1e999", "0x1", "1.5.2", "١", "", .. option == "--gates" ? Array.Empty<string>() : ["1,5"]];
        foreach (var value in values)
        {
            string[] arguments = option.Length == 0 ? [command, value] : [command, option, value];

            var run = await GopherctlRun.Of(arguments);

            var shown = option.Length == 0 ? Root.Subcommands.Single(sub => sub.Name == command).Arguments[0].Name : option;
            Assert.True(run.ExitCode == ExitCode.BadInput, $"{command} {option} '{value}' is accepted: {run.Error}");
            Assert.Contains(shown, run.Error.Split("\n  where: ")[0], StringComparison.Ordinal);
            Assert.Contains(value, run.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("System.", run.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("defect", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_options_that_are_numbers_are_found() => Assert.Superset(
        new HashSet<string>(["--alpha", "--requests", "--seed", "--rate", "--wait", "--page-port", "--approve", "--steps", "--gates", "--deadline", "--bake"]),
        Numbers.Select(row => (string)row[1]).ToHashSet());

    [Theory]
    [MemberData(nameof(Options))]
    public async Task A_refused_option_names_no_type_of_NET(string command, string option)
    {
        foreach (var given in new string[][] { [$"{option}=\u007f"], [option], [option, option] })
        {
            // No command takes two arguments, so that none begins.
            var error = (await GopherctlRun.Of([command, "nonsense", "nonsense", .. given])).Error;

            Assert.Contains("'nonsense'", error, StringComparison.Ordinal);
            Assert.DoesNotContain("System.", error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("watch http://127.0.0.1:1/ --requests 1 --rate 1e3", ExitCode.NegativeVerdict)]
    [InlineData("watch http://127.0.0.1:1/ --requests 1 --rate +0.001", ExitCode.NegativeVerdict)]
    [InlineData("judge --alpha 1e-9 --beta .5 --factor 1 --warm-up 86400", ExitCode.BadInput)]
    public async Task A_number_may_have_a_sign_a_point_and_an_exponent(string arguments, int code)
    {
        var run = await GopherctlRun.Of(arguments.Split(' '));

        Assert.Equal(code, run.ExitCode);
        Assert.DoesNotContain("it must be", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_of_commands_shows_which_arguments_may_be_left_out()
    {
        var lines = (await GopherctlRun.Of("--help")).Output.Split('\n');

        Assert.Single(lines, line => line.StartsWith("  rollout [<version>]  ", StringComparison.Ordinal));
        Assert.Single(lines, line => line.StartsWith("  shift <weight>  ", StringComparison.Ordinal));
        Assert.Single(lines.Where(line => Root.Subcommands.Any(sub => line.StartsWith($"  {sub.Name} ", StringComparison.Ordinal) && line.Contains(sub.Description![..20], StringComparison.Ordinal)))
            .Select(line => line.IndexOf(Root.Subcommands.Single(sub => line.StartsWith($"  {sub.Name} ", StringComparison.Ordinal)).Description![..20], StringComparison.Ordinal)).Distinct());
    }

    [Fact]
    public async Task Without_pulumi_no_command_is_told_to_answer_another_question()
    {
        using var folder = new TempFolder();

        var missing = await Assert.ThrowsAsync<UserException>(() => new PulumiCli(folder.Path, "dev", Path.Combine(folder.Path, "none")).RefreshPreviewAsync(CancellationToken.None));

        Assert.Equal("Install it: https://www.pulumi.com/docs/install/.", missing.Remedy);
    }

    [Fact]
    public async Task An_address_of_notifications_that_is_none_is_told_by_its_option_and_not_shown()
    {
        var run = await GopherctlRun.Of("rollout", "v2", "--rehearse", "--notify", "hooks/secret");

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.StartsWith("gopherctl: the value of --notify is not an address with http:// or https://\n  where: --notify\n", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Idle))]
    public async Task What_has_no_effect_is_refused(string arguments, string option)
    {
        var run = await GopherctlRun.Of(arguments.Split(' '));

        Assert.Equal((ExitCode.BadInput, ""), (run.ExitCode, run.Output));
        Assert.Matches($"^gopherctl: .* (has|have) no effect with ", run.Error);
        Assert.Contains(option, run.Error.Split('\n')[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rollout --status --steps 50,100 --bake 5", "--steps, --bake have no effect with --status")]
    [InlineData("rollout --status --abort", "--abort has no effect with --status")]
    [InlineData("rollout v2 --abort", "version has no effect with --abort")]
    [InlineData("rollout v2 --wait 5", "--wait has no effect without --abort")]
    [InlineData("rollout v2 --rate 5", "--fault and --rate have no effect on a deployed stack")]
    [InlineData("rollout v2 --rehearse --approve 10", "--approve 10 has no effect: the rollout has no gate")]
    [InlineData("rollout v2 --rehearse --gates 25,50 --approve 10", "--approve 10 has no effect: the gates are 25, 50")]
    [InlineData("shift 5 --wait 5", "--wait has no effect with a weight above 0")]
    [InlineData("shift 0 --wait -1", "--wait is '-1'; it must be a whole number from 0 to 86400.")]
    [InlineData("rehearse --page-port 0", "--page-port and --open have no effect without --serve")]
    public async Task A_pair_that_has_no_effect_is_refused(string arguments, string what)
    {
        var run = await GopherctlRun.Of(arguments.Split(' '));

        Assert.Equal((ExitCode.BadInput, ""), (run.ExitCode, run.Output));
        Assert.Contains(what, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--deadline", "0", "use a whole number from 1 to 10000")]
    [InlineData("--bake", "86401", "use a whole number from 0 to 86400")]
    [InlineData("--steps", "50,25,100", "use ascending whole numbers")]
    [InlineData("--without-evidence", "wait", "use one of goBack, goOn, hold")]
    public async Task An_option_that_stands_for_a_setting_is_refused_as_the_option_that_it_is(string option, string value, string remedy)
    {
        var run = await GopherctlRun.Of("rollout", "v2", option, value);

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.StartsWith($"gopherctl: {option}: found {value}; {remedy}", run.Error, StringComparison.Ordinal);
        Assert.Contains("\n  where: the command line\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_wrong_setting_is_told_at_once()
    {
        var run = await GopherctlRun.Of("rehearse", "--stack", "local", "--set", "canaryWeight=-1", "--set", "mirrorPercent=101", "--set", "nonsense=1");

        Assert.All(["canaryWeight", "mirrorPercent", "nonsense"], key => Assert.Contains($"gopher-mesh:{key}: found ", run.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_explanation_says_what_is_substituted_and_what_is_not_rehearsed()
    {
        var run = await GopherctlRun.Of("rehearse", "--explain");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains("sidecar: http_proxy", run.Output, StringComparison.Ordinal);
        Assert.Contains("Helm release istiod", run.Output, StringComparison.Ordinal);
        Assert.Contains("Deployment spec.template.spec.containers[0].resources", run.Output, StringComparison.Ordinal);
        Assert.All(
            ["PeerAuthentication istio-system/default", "AuthorizationPolicy gophers/allow-nothing", "Sidecar gophers/default", "NetworkPolicy gophers/default-deny"],
            declared => Assert.Contains($"  {declared}\n", run.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rendering_has_manifests_in_order_values_and_all_resources()
    {
        using var folder = new TempFolder();

        var run = await GopherctlRun.Of("render", "--out", folder.Path, "--stack", "local");

        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
        Assert.Equal(["istio-base.yaml", "istio-ingressgateway.yaml", "istiod.yaml"], Directory.EnumerateFiles(Path.Combine(folder.Path, "helm")).Select(Path.GetFileName).Order());
        Assert.True(File.Exists(Path.Combine(folder.Path, "resources.json")));
        Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(folder.Path, "manifests"), "*-deployment-gopher-distributor-v1.yaml"));
    }

    // pulumi up refuses the committed stack dev until it has its list; a note is no part of the results, and its commands can be copied.
    [Theory]
    [InlineData("render --out FOLDER")]
    [InlineData("check")]
    [InlineData("check --output json")]
    [InlineData("check --output sarif")]
    [InlineData("check --output junit")]
    [InlineData("rehearse --explain")]
    [InlineData("rehearse --requests 20")]
    [InlineData("rehearse --requests 20 --output json")]
    [InlineData("tour --requests 20")]
    [InlineData("rollout v2 --rehearse --fault errors=100% --rate 200 --output json")]
    public async Task What_deploys_nothing_goes_on_and_says_once_what_pulumi_would_refuse(string command)
    {
        using var folder = new TempFolder();

        var run = await GopherctlRun.Of([.. command.Replace("FOLDER", folder.Path, StringComparison.Ordinal).Split(' '), "--stack", "dev"]);

        var note = Assert.Single(run.Error.Split('\n'), line => line.Contains("apiAllowedCidrs", StringComparison.Ordinal));
        Assert.StartsWith("note: apiAllowedCidrs is empty, which pulumi up refuses: ", note, StringComparison.Ordinal);
        Assert.EndsWith("pulumi config set apiPrivate true", note, StringComparison.Ordinal);
        Assert.NotEqual("", run.Output);
        Assert.DoesNotContain("apiAllowedCidrs is empty", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("note:", run.Output, StringComparison.Ordinal);
        Assert.NotEqual(ExitCode.BadInput, run.ExitCode);
    }

    [Fact]
    public void Every_command_that_evaluates_the_program_says_what_pulumi_would_refuse()
    {
        var folder = Path.Combine(RepositoryRoot.Find(), "apps", "gopherctl");
        var evaluating = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains("ProgramEvaluator.EvaluateAsync(", StringComparison.Ordinal));

        Assert.Equal("StackSelection.cs", Path.GetFileName(Assert.Single(evaluating)));
    }

    [Fact]
    public void A_note_is_not_wrapped_and_its_other_lines_are_indented()
    {
        using var error = new StringWriter { NewLine = "\n" };
        var words = string.Join(' ', Enumerable.Repeat("word", 100));

        Terminal.Of(TextWriter.Null, error).Note($"{words}\nand more");

        Assert.Equal($"note: {words}\n      and more\n", error.ToString());
    }

    [Theory]
    [InlineData("render", "--out", "")]
    [InlineData("check", "--rendered", "")]
    [InlineData("check", "--exceptions", "")]
    [InlineData("check", "--stack", "local", "--set", "")]
    public async Task An_empty_argument_is_an_error_of_the_user(params string[] arguments)
    {
        var run = await GopherctlRun.Of(arguments);

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.StartsWith($"gopherctl: an argument is empty: that of {arguments[^2]}\n", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dev/full", "/dev/null", ExitCode.BadInput)]
    [InlineData("/dev/null", "/dev/full", ExitCode.BadInput)]
    [InlineData("&-", "/dev/null", ExitCode.BadInput)]
    [InlineData("/dev/null", "&-", ExitCode.BadInput)]
    [InlineData("/dev/full", "/dev/full", ExitCode.BadInput)]
    public async Task A_stream_that_is_full_or_closed_is_no_defect(string output, string error, int code)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // The first line is judged, and the second is wrong.
        var input = """{"time": 1, "weight": 5, "versions": {}}\n{""";
        var start = new System.Diagnostics.ProcessStartInfo("bash", ["-c", $"printf '{input}' | dotnet \"$1\" judge >{output} 2>{error}", "bash", Path.Combine(AppContext.BaseDirectory, "gopherctl.dll")]);
        using var process = System.Diagnostics.Process.Start(start)!;
        await process.WaitForExitAsync();

        Assert.Equal(code, process.ExitCode);
    }

    private static TheoryData<string, string> Rows(IEnumerable<(string, string)> rows)
    {
        var data = new TheoryData<string, string>();
        rows.ToList().ForEach(row => data.Add(row.Item1, row.Item2));
        return data;
    }

    private static bool IsNumber(Type type, string? helpName) =>
        (Nullable.GetUnderlyingType(type) ?? type) is { IsPrimitive: true } plain ? plain != typeof(bool) : helpName is "list" or "minutes" or "seconds" or "percent" or "number";
}

/// <summary>What a terminal gets of a text that somebody else wrote.</summary>
public sealed class PrintableTests
{
    [Theory]
    [InlineData("\u001b[2J\u001b]0;pwned\u0007", @"\u001b[2J\u001b]0;pwned\u0007")]
    [InlineData("a\0b\rc\nd\u007f\u009b", @"a\u0000b\u000dc\u000ad\u007f\u009b")]
    [InlineData("gnp.\u202egod", @"gnp.\u202egod")]
    [InlineData("na\u00efve \U0001F439 [bold] a\tb", "na\u00efve \U0001F439 [bold] a\tb")]
    public void What_a_terminal_would_obey_is_shown(string text, string shown) => Assert.Equal(shown, Printable.Line(text));

    [Fact]
    public void A_text_of_several_lines_keeps_them() => Assert.Equal("a\nb\\u000d", Printable.Lines("a\nb\r"));
}

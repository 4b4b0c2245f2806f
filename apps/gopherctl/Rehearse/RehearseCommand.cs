using System.CommandLine;
using GopherMesh.DataPlane;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Page;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Rehearse.Faults;

namespace GopherMesh.Gopherctl.Rehearse;

/// <summary>`rehearse`: the declared system live on this machine, judged.</summary>
internal sealed class RehearseCommand
{
    private readonly Terminal _terminal;
    private readonly StackSelection _stack = new();
    private readonly Option<int?> _requests = RequestsOption.Create();
    private readonly Option<string> _output = new("--output") { Description = "What is printed: text for people, or one JSON object.", DefaultValueFactory = _ => "text" };
    private readonly Option<ulong?> _seed = SeedOption.Create();
    private readonly Option<bool> _serve = new("--serve") { Description = "Keeps serving afterwards, applies every change of the stack file, and shows a page in the browser." };
    private readonly Option<bool> _explain = new("--explain") { Description = "Only says what is substituted and what is not rehearsed." };

    private readonly PageOptions _page = new();

    private RehearseCommand(Terminal terminal)
    {
        _terminal = terminal;
        _output.AcceptOnlyFromAmong("text", "json");
    }

    /// <summary>The command, writing to the terminal.</summary>
    public static Command Create(Terminal terminal)
    {
        var rehearse = new RehearseCommand(terminal);
        var command = new ExampleCommand(
            "rehearse",
            "Brings the declared system to life on this machine, sends requests through its gateway, and judges the answers.",
            "rehearse",
            "rehearse --set canaryVersion=v2 --set canaryWeight=20",
            "rehearse --stack local --requests 500 --output json",
            "rehearse --serve",
            "rehearse --serve --open",
            "rehearse --explain")
        {
            rehearse._requests, rehearse._output, rehearse._seed, rehearse._serve, rehearse._explain,
        };
        rehearse._stack.AddTo(command);
        rehearse._page.AddTo(command);
        command.SetAction(rehearse.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        NoEffect.Refuse(parsed, _explain, _stack.Options);
        var declaration = await _stack.DeclareAsync(parsed, _terminal);
        if (parsed.GetValue(_explain))
        {
            Explanation.Write(declaration, _terminal);
            return ExitCode.Success;
        }

        if (parsed.GetValue(_serve))
        {
            return await ServeAsync(parsed, declaration, cancellation);
        }

        if (_page.IsGiven(parsed))
        {
            throw new UserException("--page-port and --open have no effect without --serve", "the command line", "Add --serve, or leave them out.");
        }

        await using var rehearsal = await MeshRehearsal.StartAsync(parsed.GetValue(_seed), cancellation);
        await DeclareAsync(rehearsal, declaration, cancellation);
        var result = await VerifyAsync(rehearsal, declaration, parsed, cancellation);
        return result.IsGood ? ExitCode.Success : ExitCode.NegativeVerdict;
    }

    private async Task<int> ServeAsync(ParseResult parsed, Declaration declaration, CancellationToken cancellation)
    {
        var figures = new LiveFigures(TimeProvider.System);
        await using var faults = new FaultyPods();
        await using var rehearsal = await MeshRehearsal.StartAsync(new DataPlaneOptions { Seed = parsed.GetValue(_seed), Observer = figures }, faults, cancellation);
        await DeclareAsync(rehearsal, declaration, cancellation);
        await using var shown = new RehearsedPage(
            rehearsal, figures, faults, () => _stack.Config(parsed), over => _stack.DeclareAsync(parsed, _terminal, over.Select(setting => $"{setting.Key}={setting.Value}")));
        await using var page = await _page.StartAsync(parsed, _terminal, shown, figures, cancellation);
        await VerifyAsync(rehearsal, declaration, parsed, cancellation);
        await new Server(_terminal, rehearsal, shown.ApplyAsync, _stack.Files(parsed)).RunAsync(cancellation);
        return ExitCode.Success;
    }

    private async Task DeclareAsync(MeshRehearsal rehearsal, Declaration declaration, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(_terminal);
        progress.Show($"starting what stack {declaration.Stack} declares (Pulumi SDK: {ProgramEvaluator.Sdk})");
        (await rehearsal.DeclareAsync(declaration, cancellation)).OrThrow();
        progress.Erase();
        if (Rehearsable.Autoscalers(KubernetesObjects.Plan(declaration)).Any())
        {
            _terminal.Note($"autoscalers are declared, and not rehearsed: {Rehearsable.NoScaling}");
        }

        foreach (var host in rehearsal.Split.NotJudged)
        {
            _terminal.Note($"the split of {host} is in force and is not judged: the rehearsal counts the answers of {rehearsal.Split.Host}");
        }
    }

    private async Task<RehearsalResult> VerifyAsync(
        MeshRehearsal rehearsal, Declaration declaration, ParseResult parsed, CancellationToken cancellation)
    {
        var requests = parsed.GetValue(_requests) ?? rehearsal.DefaultRequests;
        if (parsed.GetRequiredValue(_output) == "text")
        {
            return await new Narrator(_terminal).VerifyAsync(rehearsal, requests, cancellation);
        }

        var result = await rehearsal.VerifyAsync(requests, _ => { }, cancellation);
        _terminal.Print(ResultJson.Of(declaration.Stack, result));
        return result;
    }
}

/// <summary>`--requests`: how many requests a rehearsal sends.</summary>
internal static class RequestsOption
{
    private const int Most = 1_000_000;

    /// <summary>The option; without it, as many are sent as the statistics need.</summary>
    public static Option<int?> Create() => new Option<int?>("--requests", "-n")
    {
        Description = "How many requests are sent. [default: as many as the statistics need]",
        HelpName = "number",
    }.Within(1, Most);
}

/// <summary>`--seed`: makes a rehearsal repeatable.</summary>
internal static class SeedOption
{
    /// <summary>The option; without it, no two rehearsals are alike.</summary>
    public static Option<ulong?> Create() =>
        new Option<ulong?>("--seed") { Description = "Repeats the choices of chance: routes and the names of pods.", HelpName = "number" }.Within(ulong.MinValue, ulong.MaxValue);
}

using GopherMesh.Gopherctl.Check;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using Xunit.Abstractions;

namespace GopherMesh.Tests.Rehearsal.Check.Mutants;

/// <summary>How much of what others know to be wrong is found here.</summary>
public sealed class MutantTests(ITestOutputHelper output)
{
    private const int Mutants = 300;
    private const double FoundShare = 0.95;

    [Fact]
    public async Task Of_300_renderings_with_one_fault_each_95_in_100_are_found()
    {
        var dev = await Renderings.DeclareAsync("dev", "canaryVersion=v2", "canaryWeight=10", "observability=true");
        var local = await Renderings.DeclareAsync("local", "canaryVersion=v2", "canaryWeight=10");
        var byFault = Faults.All.Select(fault => fault.In("dev", dev).Concat(fault.In("local", local)).ToList()).ToList();

        // Each fault once, and the rest evenly from what is left.
        var others = byFault.SelectMany(mutants => mutants.Skip(1)).ToList();
        var more = Mutants - byFault.Count;
        List<Mutant> chosen = [.. byFault.Select(mutants => mutants[0]), .. Enumerable.Range(0, more).Select(index => others[index * others.Count / more])];
        Assert.Equal(Mutants, chosen.Count);
        var clean = Problems(dev).Concat(Problems(local)).ToHashSet();
        var missed = chosen.Where(mutant => !Problems(mutant.Declare()).Any(problem => !clean.Contains(problem))).Select(mutant => mutant.Name).ToList();
        output.WriteLine($"{byFault.Count + others.Count} mutants can be made; of {Mutants} chosen {Mutants - missed.Count} are found, missed are:\n{string.Join('\n', missed)}");

        Assert.True(Mutants - missed.Count >= FoundShare * Mutants, string.Join('\n', missed));
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("local")]
    public async Task Nothing_is_found_in_the_stacks_that_the_mutants_are_made_of(string stack)
    {
        var exceptions = ExceptionsFile.Read(Path.Combine(RepositoryRoot.Find(), ExceptionsFile.Name));

        var report = CheckReport.Of(await Renderings.OfAsync(stack, "canaryVersion=v2", "canaryWeight=10"), exceptions, DateOnly.FromDateTime(DateTime.Today));

        Assert.Equal([], report.Findings.Select(finding => $"{finding.Rule.Id} {finding.Violation}"));
    }

    private static IEnumerable<string> Problems(Declaration declaration) =>
        Policy.Check(RenderedStack.Of(declaration)).Select(finding => $"{finding.Rule.Id} {finding.Violation}");
}

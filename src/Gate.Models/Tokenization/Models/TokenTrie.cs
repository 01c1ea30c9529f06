using System.Numerics;

namespace Gate.Models.Tokenization.Models;

/// <summary>The tokens of a vocabulary by their beginnings, to find all that a text begins with in one walk over it.</summary>
internal sealed class TokenTrie
{
    /// <summary>Where every walk begins.</summary>
    public const int Root = 0;

    private ulong[] _steps = new ulong[1 << 12];
    private int[] _targets = new int[1 << 12];
    private int[] _ids = [-1];
    private int _nodes = 1;

    /// <summary>Puts tokens in; a token that is there already gets the later id.</summary>
    public TokenTrie(IReadOnlyList<string> tokens)
    {
        for (int id = 0; id < tokens.Count; id++)
        {
            int node = Root;
            foreach (char unit in tokens[id])
                node = StepOrGrow(node, unit);
            _ids[node] = id;
        }
    }

    /// <summary>The node one UTF-16 unit further, or −1.</summary>
    public int Step(int node, char unit)
    {
        ulong step = Key(node, unit);
        int slot = SlotOf(step);
        return _steps[slot] == step ? _targets[slot] : -1;
    }

    /// <summary>The id of the token that ends at a node, or −1.</summary>
    public int IdAt(int node) => _ids[node];

    private int StepOrGrow(int node, char unit)
    {
        ulong step = Key(node, unit);
        int slot = SlotOf(step);
        if (_steps[slot] == step)
            return _targets[slot];
        if (_nodes == _ids.Length)
            Array.Resize(ref _ids, 2 * _ids.Length);
        _ids[_nodes] = -1;
        (_steps[slot], _targets[slot]) = (step, _nodes);
        if (2 * ++_nodes > _steps.Length)
            Widen();
        return _nodes - 1;
    }

    private void Widen()
    {
        (ulong[] steps, int[] targets) = (_steps, _targets);
        (_steps, _targets) = (new ulong[2 * steps.Length], new int[2 * steps.Length]);
        for (int i = 0; i < steps.Length; i++)
        {
            if (steps[i] == 0)
                continue;
            int slot = SlotOf(steps[i]);
            (_steps[slot], _targets[slot]) = (steps[i], targets[i]);
        }
    }

    private int SlotOf(ulong step)
    {
        int slot = (int)((step * 0x9E3779B97F4A7C15UL) >> (64 - BitOperations.Log2((uint)_steps.Length)));
        while (_steps[slot] != 0 && _steps[slot] != step)
            slot = (slot + 1) & (_steps.Length - 1);
        return slot;
    }

    // Never zero, which marks an empty slot.
    private static ulong Key(int node, char unit) => ((ulong)(uint)(node + 1) << 16) | unit;
}
